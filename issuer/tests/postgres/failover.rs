//! A primary that dies under load, and its synchronous standby that takes over.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::load::{Load, check, settings, start, target};
use crate::runs;

#[test]
fn a_failover_loses_nothing() {
    for round in 0..runs(1, 2, 5) {
        let mut primary = Cluster::start();
        let standby = Cluster::standby(&primary, "second");
        primary.set("synchronous_standby_names = 'second'");
        let begun = Instant::now();
        while primary.sql("SELECT sync_state FROM pg_stat_replication") != "sync" {
            assert!(begun.elapsed() < Duration::from_secs(30), "the standby does not follow");
            sleep(Duration::from_millis(50));
        }
        let url = format!(
            "postgres://badges@{},{}/postgres?target_session_attrs=read-write",
            primary.host(),
            standby.host()
        );
        let directory = settings(&url, "");
        let service = start(directory.path());
        let badge = service.define("");
        let load = Load::start(8, &target(&service), &badge);
        load.wait(16);
        sleep(Duration::from_millis(71 * round as u64 % 200));
        let before = load.count.load(std::sync::atomic::Ordering::Relaxed);
        primary.kill();
        standby.promote();
        load.wait(16);
        let acknowledged = load.stop();
        check(&standby, &service, directory.path(), &badge, &acknowledged);
        println!(
            "failover: {before} awards acknowledged before, {} in all, none lost, no index twice",
            acknowledged.len()
        );
    }
}
