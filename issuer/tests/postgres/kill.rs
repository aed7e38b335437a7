//! The service and the server killed under load, again and again.

use std::thread::sleep;
use std::time::Duration;

use crate::cluster::Cluster;
use crate::load::{Load, check, settings, start, target};
use crate::runs;

#[test]
fn kills_of_the_service_lose_nothing() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let mut service = start(directory.path());
    let badge = service.define("");
    let target = target(&service);
    let load = Load::start(8, &target, &badge);
    let kills = runs(3, 20, 60);
    for kill in 0..kills {
        load.wait(3);
        // At another moment of the work each time.
        sleep(Duration::from_millis(37 * kill as u64 % 211));
        service.kill();
        service = start(directory.path());
        *target.lock().unwrap() = (service.address.clone(), service.token.clone());
    }
    load.wait(8);
    let acknowledged = load.stop();
    check(&cluster, &service, directory.path(), &badge, &acknowledged);
    println!(
        "{kills} kills of the service: {} awards acknowledged, none lost, no index twice",
        acknowledged.len()
    );
}

/// The same service all the time: it finds the server again by itself.
#[test]
fn kills_of_the_server_lose_nothing() {
    let mut cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let service = start(directory.path());
    let badge = service.define("");
    let target = target(&service);
    let load = Load::start(8, &target, &badge);
    let kills = runs(2, 8, 20);
    for kill in 0..kills {
        load.wait(5);
        sleep(Duration::from_millis(53 * kill as u64 % 307));
        cluster.kill();
        cluster.boot();
    }
    load.wait(8);
    let acknowledged = load.stop();
    check(&cluster, &service, directory.path(), &badge, &acknowledged);
    println!(
        "{kills} kills of the server: {} awards acknowledged, none lost, no index twice",
        acknowledged.len()
    );
}
