//! Everybody gives the same answers, and the questions are worth asking.

use consent_engine_peers::data::{PURPOSES, QUESTIONS, Question, Way, World};
use consent_engine_peers::peer::{
    Casbin, Cedar, Cel, CelFresh, Database, Evaluate, HandWritten, Interpreter, Known, Peer, Permits,
    PermitsAtHand, Rvm, Sqlite, agreement,
};

#[test]
fn all_answers_are_equal_and_neither_few_nor_all_are_permits() {
    let world = World::new();
    let known = Known::new(&world);
    let database = Database::new(world.subjects.len() as u64);
    let peers: [&dyn Peer; 11] = [
        &HandWritten::new(&world),
        &PermitsAtHand::new(&known),
        &Permits(&known),
        &Evaluate(&known),
        &Sqlite::new(&database, &world),
        &Cel::new(&world),
        &CelFresh::new(&world),
        &Casbin::new(&world),
        &Rvm::new(&world),
        &Interpreter::new(&world),
        &Cedar::new(&world),
    ];
    let permitted = agreement(&peers, &world);
    assert!(
        (QUESTIONS / 3..QUESTIONS * 4 / 5).contains(&permitted),
        "{permitted} of {QUESTIONS} are permits"
    );
}

#[test]
fn a_tenth_of_the_questions_is_transactional() {
    let transactional = World::new().questions.iter().filter(|question| question.is_transactional()).count();
    assert!((QUESTIONS / 14..QUESTIONS / 7).contains(&transactional), "{transactional} of {QUESTIONS}");
}

/// Every purpose on every channel, at the subject's own contact point and at somebody else's.
#[test]
fn the_engine_and_the_floor_agree_on_every_question_there_is() {
    let World { subjects, .. } = World::new();
    let mut questions = Vec::new();
    for subject in 0..subjects.len() {
        for purpose in 0..PURPOSES.len() {
            for way in Way::ALL {
                for holder in [subject, (subject + 1) % subjects.len()] {
                    let point = subjects[holder].points[way.place()].id;
                    questions.push(Question { subject, purpose, way, point });
                }
            }
        }
    }
    let world = World { subjects, questions };
    let known = Known::new(&world);
    let permitted = agreement(&[&HandWritten::new(&world), &Permits(&known), &Evaluate(&known)], &world);
    assert!(permitted > 5_000, "{permitted} of {}", world.questions.len());
}
