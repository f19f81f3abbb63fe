//! Asks everybody the same questions, checks that they agree, then measures. The tables go to stdout.

use consent_engine_peers::counting::{self, Counting};
use consent_engine_peers::data::World;
use consent_engine_peers::peer::{
    Casbin, Cedar, Cel, CelFresh, Database, Evaluate, HandWritten, Interpreter, Known, Permits,
    PermitsAtHand, Rvm, Sqlite,
};
use consent_engine_peers::report::{self, Budget};
use consent_engine_peers::timing::Side;
use consent_engine_peers::{Peer, peer};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const ROWS: u64 = 1_000_000;
const ROUNDS: usize = 301;

fn main() {
    eprintln!("telling everybody the facts; SQLite takes {ROWS} rows");
    let world = World::new();
    let known = Known::new(&world);
    let database = Database::new(ROWS);
    let floor = HandWritten::new(&world);
    let at_hand = PermitsAtHand::new(&known);
    let (permits, evaluate) = (Permits(&known), Evaluate(&known));
    let (cel, cel_fresh) = (Cel::new(&world), CelFresh::new(&world));
    let casbin = Casbin::new(&world);
    let (rvm, interpreter) = (Rvm::new(&world), Interpreter::new(&world));
    let cedar = Cedar::new(&world);
    let sqlite = Sqlite::new(&database, &world);
    let peers: [&dyn Peer; 11] = [
        &floor,
        &at_hand,
        &permits,
        &evaluate,
        &cel,
        &sqlite,
        &casbin,
        &cel_fresh,
        &rvm,
        &cedar,
        &interpreter,
    ];

    let permitted = peer::agreement(&peers, &world);
    eprintln!("all {} agree: {permitted} of {} are permits", peers.len(), world.questions.len());

    eprintln!("counting allocations");
    let allocations = peers.map(counting::per_answer);

    let mut sides = peers.map(Side::new);
    for round in 1..=ROUNDS {
        eprint!("\rtiming: round {round} of {ROUNDS}");
        sides.iter_mut().for_each(Side::turn);
    }
    eprintln!();
    let [floor, at_hand, permits, _, cel, _, _, _, rvm, cedar, _] = &sides;
    let (low, high) = floor.middle_half();
    eprintln!(
        "the machine was {:.0} % noisy, by the middle half of the floor's rounds",
        (high / low - 1.0) * 100.0
    );
    println!("{}\n", report::table(&sides, &allocations, floor, permits));
    let budgets = [
        Budget { peer: cel, engine: at_hand, times: 50.0 },
        Budget { peer: rvm, engine: permits, times: 150.0 },
        Budget { peer: cedar, engine: permits, times: 400.0 },
    ];
    println!("{}", report::budgets(&budgets));
}
