//! What the kernel counts: CPU time and memory of processes, and time stolen from the machine.

use crate::server::Result;

/// Nanoseconds that all threads of these processes have spent on a CPU, as seconds. A thread that has ended takes its time
/// along, so servers are measured while their threads stay.
pub(crate) fn cpu_seconds(pids: &[u32]) -> Result<f64> {
    let mut nanos = 0_u64;
    for pid in pids {
        let folder = format!("/proc/{pid}/task");
        let threads = std::fs::read_dir(&folder).map_err(|error| format!("{folder}: {error}"))?;
        for thread in threads.filter_map(std::result::Result::ok) {
            // A thread may end between the two calls.
            let Ok(text) = std::fs::read_to_string(thread.path().join("schedstat")) else {
                continue;
            };
            nanos += first_number(&text).ok_or("schedstat without a number")?;
        }
    }
    Ok(nanos as f64 / 1e9)
}

/// As [`cpu_seconds`], of the calling thread alone.
pub(crate) fn own_thread_seconds() -> Result<f64> {
    let path = "/proc/thread-self/schedstat";
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Ok(first_number(&text).ok_or("schedstat without a number")? as f64 / 1e9)
}

/// Resident memory of these processes, bytes.
pub(crate) fn rss_bytes(pids: &[u32]) -> Result<u64> {
    let mut sum = 0;
    for pid in pids {
        let path = format!("/proc/{pid}/status");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        sum += line.and_then(first_number).ok_or("no VmRSS")? * 1024;
    }
    Ok(sum)
}

/// Ticks of all CPUs together since the machine started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MachineTime {
    stolen: u64,
    all: u64,
}

impl MachineTime {
    pub(crate) fn now() -> Result<Self> {
        let text = std::fs::read_to_string("/proc/stat").map_err(|error| error.to_string())?;
        Self::parse(&text).ok_or_else(|| "/proc/stat cannot be read".to_owned())
    }

    /// The first line: user nice system idle iowait irq softirq steal, then guest times that user and nice contain.
    fn parse(text: &str) -> Option<Self> {
        let line = text.lines().next()?.strip_prefix("cpu ")?;
        let ticks: Vec<u64> =
            line.split_whitespace().take(8).map_while(|word| word.parse().ok()).collect();
        Some(Self { stolen: *ticks.get(7)?, all: ticks.iter().sum() })
    }

    /// The share of the time since `before` that went to other machines.
    pub(crate) fn stolen_since(self, before: Self) -> f64 {
        let all = self.all.saturating_sub(before.all).max(1);
        self.stolen.saturating_sub(before.stolen) as f64 / all as f64
    }
}

fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stolen_time_is_a_share_of_all() {
        let before = MachineTime::parse("cpu  10 0 10 70 0 0 0 10 5 0\ncpu0 1").unwrap();
        let after = MachineTime::parse("cpu  60 0 60 160 0 0 0 20 9 0\ncpu0 1").unwrap();
        assert_eq!(after.stolen_since(before), 10.0 / 200.0);
        assert!(MachineTime::parse("intr 5").is_none());
    }

    #[test]
    fn work_of_a_process_shows() {
        let me = [std::process::id()];
        let before = cpu_seconds(&me).unwrap();
        let mut sum = 0_u64;
        while cpu_seconds(&me).unwrap() - before < 0.01 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(rss_bytes(&me).unwrap() > 100_000);
    }
}
