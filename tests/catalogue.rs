//! Catalogues: each problem is found, all at once, and each is told once.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use consent_engine::{
    Catalogue, CatalogueProblem as Problem, Channel, ChannelName, FrequencyCap, LawfulBasis, OptOutRule,
    Purpose, PurposeClass, PurposeId, PurposeText, Span,
};

fn id(name: &str) -> PurposeId {
    PurposeId::new(name).unwrap()
}

fn channel(name: &str) -> ChannelName {
    ChannelName::new(name).unwrap()
}

/// A purpose that nothing is wrong with.
fn sound(name: &str) -> Purpose {
    Purpose::new(id(name), PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email])
}

fn problems(purposes: impl IntoIterator<Item = Purpose>) -> Vec<Problem> {
    Catalogue::new(purposes, []).map_or_else(|error| error.problems().to_vec(), |_| Vec::new())
}

#[test]
fn each_problem_of_a_purpose_is_found() {
    let post = Channel::Other(channel("post.office"));
    let day = Span::days(1);
    let zero = Span::ZERO;
    let cap = |max, per| FrequencyCap { max, per };
    let cases = [
        (sound("a").with_parent(id("b")), Problem::UnknownParent { purpose: id("a"), parent: id("b") }),
        (sound("a").with_parent(id("a")), Problem::ParentCycle(id("a"))),
        (sound("a").with_opt_out(OptOutRule::Refused), Problem::OptOutRefused(id("a"))),
        (sound("a").with_channels([]), Problem::NoChannel(id("a"))),
        (sound("a").with_channels([post]), Problem::UnknownChannel { purpose: id("a"), channel: post }),
        (sound("a").with_title(" "), Problem::NoTitle(id("a"))),
        (sound("a").with_version(0), Problem::VersionZero(id("a"))),
        (sound("a").with_validity(zero), Problem::ZeroSpan(id("a"))),
        (sound("a").with_refresh(zero), Problem::ZeroSpan(id("a"))),
        (sound("a").with_cool_down(zero), Problem::ZeroSpan(id("a"))),
        (sound("a").with_cap(cap(1, Span::ZERO)), Problem::ZeroSpan(id("a"))),
        (sound("a").with_cap(cap(0, day)), Problem::ZeroSpan(id("a"))),
        (sound("a").with_validity(day).with_refresh(day), Problem::RefreshAfterEnd(id("a"))),
    ];
    assert_eq!(problems([sound("a")]), []);
    for (purpose, expected) in cases {
        assert_eq!(problems([purpose]), [expected]);
    }
}

#[test]
fn a_text_that_could_forge_a_line_is_refused_wherever_it_stands() {
    let unsafe_text = |text, at| Problem::UnsafeText { purpose: id("a"), text, at };
    for forged in ['\n', '\r', '\t', '\0', '\u{1b}', '\u{7f}', '\u{85}', '\u{2028}', '\u{202e}', '\u{2066}'] {
        let text = format!("é {forged}");
        let purpose = sound("a").with_title(&text).with_description(&text).with_frequency(&text);
        let all = [
            unsafe_text(PurposeText::Title, 2),
            unsafe_text(PurposeText::Description, 2),
            unsafe_text(PurposeText::Frequency, 2),
            unsafe_text(PurposeText::Recipient(1), 2),
        ];
        assert_eq!(problems([purpose.with_recipients(["Acme", &text])]), all, "{forged:?}");
    }
    let fair = sound("a").with_title("Écho d’été — 😀").with_description("עדכונים שבועיים, \"news\" & more");
    assert_eq!(problems([fair]), []);
    let error = Catalogue::new([sound("a").with_recipients(["\u{1b}[31mSECRET"])], []).unwrap_err();
    assert_eq!(
        error.problems().iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "purpose `a` has a line break, control or bidirectional character in its recipient 0, at index 0: remove it"
        ]
    );
    assert!(!error.to_string().contains("SECRET") && !error.to_string().contains('\u{1b}'));
}

#[test]
fn a_problem_is_told_once_however_often_its_purpose_is_defined() {
    let untitled = sound("a").with_title("");
    assert_eq!(problems([sound("a"), sound("a"), sound("a")]), [Problem::DuplicatePurpose(id("a"))]);
    assert_eq!(
        problems([untitled.clone(), untitled.clone(), untitled.with_version(0)]),
        [Problem::DuplicatePurpose(id("a")), Problem::NoTitle(id("a")), Problem::VersionZero(id("a"))]
    );
    let cycle = [sound("a").with_parent(id("b")), sound("b").with_parent(id("a"))];
    let cycles = [Problem::ParentCycle(id("a")), Problem::ParentCycle(id("b"))];
    assert_eq!(problems(cycle.clone()), cycles);
    assert_eq!(problems(cycle.iter().chain(&cycle).cloned()).split_off(2), cycles);
}

#[test]
fn a_catalogue_that_is_too_large_is_refused_before_it_is_read() {
    let many = (0..=Catalogue::MAX_PURPOSES).map(|n| sound(&format!("p{n}")).with_title(""));
    assert_eq!(problems(many), [Problem::TooManyPurposes { found: Catalogue::MAX_PURPOSES + 1 }]);
    let channels = |n| (0..n).map(|n| channel(&format!("c{n}"))).collect::<Vec<_>>();
    assert!(Catalogue::new([], channels(Catalogue::MAX_OTHER_CHANNELS)).is_ok());
    let error = Catalogue::new([], channels(Catalogue::MAX_OTHER_CHANNELS + 1)).unwrap_err();
    assert_eq!(error.problems(), [Problem::TooManyChannels { found: Catalogue::MAX_OTHER_CHANNELS + 1 }]);
}

#[test]
fn a_next_version_that_could_lift_a_restriction_is_refused() {
    let (app, chat) = (channel("app"), channel("chat"));
    let old = Catalogue::new([sound("a"), sound("b"), sound("c").with_parent(id("a"))], [app, chat]).unwrap();
    let same = [sound("a"), sound("b"), sound("c").with_parent(id("a"))];
    let after = |change: [Purpose; 3]| {
        old.evolve(change, [app, chat]).map_or_else(|error| error.problems().to_vec(), |_| Vec::new())
    };
    let [a, b, c] = same.clone();
    assert_eq!(after(same.clone()), []);
    let raised = b.clone().with_version(2);
    assert_eq!(after([a.clone(), raised.clone().with_title("News"), c.clone()]), []);
    assert_eq!(
        after([a.clone(), b.clone().with_title("News"), c.clone()]),
        [Problem::VersionNotRaised(id("b"))]
    );
    assert_eq!(after([a.clone(), raised.with_parent(id("a")), c.clone()]), [Problem::ParentChanged(id("b"))]);
    let profiling = Purpose::new(id("b"), PurposeClass::Relationship, LawfulBasis::Consent)
        .with_version(2)
        .with_channels([Channel::Email]);
    assert_eq!(after([a.clone(), profiling, c.clone()]), [Problem::ClassChanged(id("b"))]);
    assert_eq!(after([a.clone(), sound("d"), c]), [Problem::PurposeRemoved(id("b"))]);
    let error = old.evolve(same, [app]).unwrap_err();
    assert_eq!(error.problems(), [Problem::ChannelRemoved(chat)]);
    let error = old.evolve([a.with_title(""), b], [app]).unwrap_err();
    let expected = [
        Problem::NoTitle(id("a")),
        Problem::VersionNotRaised(id("a")),
        Problem::PurposeRemoved(id("c")),
        Problem::ChannelRemoved(chat),
    ];
    assert_eq!(error.problems(), expected, "what is wrong with it and what it loses, all at once");
    assert!(error.to_string().starts_with("the catalogue has 4 problem(s)\n- purpose `a` has no title"));
}

#[test]
fn a_purpose_keeps_its_index_whatever_the_order_of_the_next_version() {
    let old = Catalogue::new([sound("b"), sound("a")], []).unwrap();
    let next = old.evolve([sound("c"), sound("a"), sound("b")], []).unwrap();
    assert_eq!(next.index(id("b")), old.index(id("b")));
    assert_eq!(next.index(id("a")), old.index(id("a")));
    assert_eq!(next.iter().map(|(_, purpose)| purpose.id()).collect::<Vec<_>>(), ["b", "a", "c"].map(id));
}
