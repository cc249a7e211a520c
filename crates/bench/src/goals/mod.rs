//! The goals, each measured against a reference of the same run.

mod audience;
mod download;
mod expiry;
mod fanout;
mod handshake;
mod idle;
mod joins;
mod page;
mod search;
mod send;
mod slow;
mod start;

use std::path::PathBuf;

use crate::report::Line;
use crate::server::Result;

/// What every goal gets.
pub(crate) struct Bench {
    /// The server's program.
    pub(crate) binary: PathBuf,
    pub(crate) runtime: tokio::runtime::Runtime,
}

type Run = fn(&Bench) -> Result<Vec<Line>>;

/// A workload by its name.
struct Workload {
    name: &'static str,
    /// Numbers of the goals that it measures.
    goals: &'static [u32],
    run: Run,
}

const WORKLOADS: &[Workload] = &[
    Workload { name: "f1000", goals: &[1, 2], run: fanout::thousand },
    Workload { name: "f5000", goals: &[3], run: fanout::five_thousand },
    Workload { name: "f10000", goals: &[5], run: fanout::late },
    Workload { name: "b1000", goals: &[4], run: fanout::burst },
    Workload { name: "f15000", goals: &[13], run: fanout::scale },
    Workload { name: "f100000", goals: &[13], run: fanout::hundred_thousand },
    Workload { name: "f1000000", goals: &[13], run: fanout::million },
    Workload { name: "audience", goals: &[14, 15], run: audience::run },
    Workload { name: "slow", goals: &[17], run: slow::run },
    Workload { name: "joins", goals: &[18], run: joins::run },
    Workload { name: "search", goals: &[19], run: search::run },
    Workload { name: "idle", goals: &[6], run: idle::run },
    Workload { name: "send64", goals: &[7], run: |bench| send::run(bench, 7, 64) },
    Workload { name: "send1", goals: &[8], run: |bench| send::run(bench, 8, 1) },
    Workload { name: "handshake", goals: &[10], run: handshake::run },
    Workload { name: "download", goals: &[11], run: download::run },
    Workload { name: "expiry", goals: &[16], run: expiry::run },
    Workload { name: "page", goals: &[20], run: page::run },
    Workload { name: "start", goals: &[12], run: start::run },
];

/// Runs the workloads of these names, or goals of these numbers; all without names. Prints a line for each goal as soon as
/// it is measured. Answers how many missed their gate.
pub(crate) fn run(bench: &Bench, names: &[String]) -> Result<usize> {
    let chosen = choose(names)?;
    let mut failed = 0;
    for workload in chosen {
        eprintln!("{}", workload.name);
        let lines = (workload.run)(bench).map_err(|error| format!("{}: {error}", workload.name))?;
        for line in lines {
            failed += usize::from(line.failed());
            println!("{}", line.to_json());
        }
    }
    Ok(failed)
}

fn choose(names: &[String]) -> Result<Vec<&'static Workload>> {
    let fits = |workload: &Workload, name: &str| {
        workload.name == name || name.parse().is_ok_and(|number| workload.goals.contains(&number))
    };
    for name in names {
        if !WORKLOADS.iter().any(|workload| fits(workload, name)) {
            let known: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
            return Err(format!("no goal is called {name}; there are {}", known.join(", ")));
        }
    }
    let chosen =
        |workload: &&Workload| names.is_empty() || names.iter().any(|name| fits(workload, name));
    Ok(WORKLOADS.iter().filter(chosen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(names: &[&str]) -> Vec<&'static str> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        choose(&names).unwrap().iter().map(|workload| workload.name).collect()
    }

    #[test]
    fn goals_go_by_name_and_by_number() {
        assert_eq!(chosen(&[]).len(), WORKLOADS.len());
        assert_eq!(chosen(&["f10000"]), ["f10000"]);
        assert_eq!(chosen(&["5", "f1000"]), ["f1000", "f10000"]);
        assert!(choose(&["f7".to_owned()]).is_err());
    }
}
