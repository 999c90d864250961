//! What happens to the files behind the journal's back.

use std::fs;

use super::*;

#[tokio::test]
async fn every_change_of_a_line_is_found() {
    let scene = Scene::new();
    for client in ["web01", "web02", "web03"] {
        scene.issue(client).await;
    }
    let sound = scene.lines();
    let damages: [(&str, Vec<String>, &str); 6] = [
        (
            "altered",
            vec![
                sound[0].replace("web01", "web09"),
                sound[1].clone(),
                sound[2].clone(),
            ],
            "journal.jsonl line 1: was altered: its digest is of another content",
        ),
        (
            "the last one altered",
            vec![
                sound[0].clone(),
                sound[1].clone(),
                sound[2].replace("web03", "web09"),
            ],
            "journal.jsonl line 3: was altered: its digest is of another content",
        ),
        (
            "one dropped",
            vec![sound[0].clone(), sound[2].clone()],
            "journal.jsonl line 2: has the number 3 where 2 comes next: lines are missing or were moved",
        ),
        (
            "two exchanged",
            vec![sound[1].clone(), sound[0].clone(), sound[2].clone()],
            "journal.jsonl line 1: has the number 2 where 1 comes next: lines are missing or were moved",
        ),
        (
            "the last one dropped",
            sound[..2].to_vec(),
            "index.txt line 3: is of a certificate that the journal does not have: lines of journal.jsonl are missing",
        ),
        (
            "one doubled",
            vec![sound[0].clone(), sound[0].clone(), sound[1].clone()],
            "journal.jsonl line 2: has the number 1 where 2 comes next: lines are missing or were moved",
        ),
    ];
    for (damage, lines, fault) in damages {
        scene.write(&lines);
        assert_eq!(scene.fault(), fault, "{damage}");
    }
    scene.write(&sound);
    let summary = scene.journal.verify().unwrap();
    assert_eq!(
        (summary.lines, summary.unfinished, summary.index_behind),
        (3, 0, false)
    );
}

#[tokio::test]
async fn a_line_written_anew_does_not_fit_its_neighbours() {
    let scene = Scene::new();
    scene.issue("web01").await;
    scene.issue("web02").await;
    let sound = scene.lines();
    // Somebody who knows the format alters a line and gives it a digest of its own.
    let entry = scene.journal.entries().unwrap().next().unwrap().unwrap();
    let Event::Issued(mut issued) = entry.event else {
        panic!()
    };
    issued.client = "web09".into();
    let line = line::Head::start()
        .join(entry.time, Event::Issued(issued))
        .unwrap();
    let forged = String::from_utf8(line).unwrap().trim_end().to_owned();
    scene.write(&[forged.clone(), sound[1].clone()]);
    assert_eq!(
        scene.fault(),
        "journal.jsonl line 2: does not follow the line before it: one of the two was exchanged"
    );
    // Alone it cannot be told from a true one, but for a hash noted elsewhere.
    let noted = line::Head::start()
        .after(format!("{}\n", sound[0]).as_bytes())
        .sha256;
    scene.write(&sound);
    scene.journal.verify_since(Some(&noted)).unwrap();
    scene.write(&[forged]);
    fs::remove_file(scene.path(INDEX)).unwrap();
    let error = scene
        .journal
        .verify_since(Some(&noted))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("journal.jsonl line 1: is the last, and none has the hash"),
        "{error}"
    );
}

#[tokio::test]
async fn an_index_that_says_something_else_is_found() {
    let scene = Scene::new();
    scene.issue("web01").await;
    let sound = fs::read_to_string(scene.path(INDEX)).unwrap();
    for altered in [
        sound.replace("web01", "web02"),
        sound.replace("V\t231115221320Z\t\t", "R\t231115221320Z\t231114221320Z\t"),
        format!("{sound}{sound}"),
    ] {
        fs::write(scene.path(INDEX), altered).unwrap();
        assert!(
            scene.fault().starts_with("index.txt line "),
            "{}",
            scene.fault()
        );
    }
    // openssl ca -updatedb marks what has expired; that is not a fault.
    fs::write(scene.path(INDEX), sound.replacen('V', "E", 1)).unwrap();
    assert!(!scene.journal.verify().unwrap().index_behind);
}

#[tokio::test]
async fn what_a_killed_writer_leaves_is_mended() {
    let scene = Scene::new();
    for client in ["web01", "web02", "web03"] {
        scene.issue(client).await;
    }
    let (journal, index) = (scene.path(JOURNAL), scene.path(INDEX));
    let (whole, rows) = (fs::read(&journal).unwrap(), fs::read(&index).unwrap());
    let two = scene.lines()[..2]
        .iter()
        .map(|line| line.len() + 1)
        .sum::<usize>();
    let second_row = rows
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(1)
        .unwrap()
        .0
        + 1;
    // Killed while it wrote the journal's third line.
    for cut in [two + 1, two + 100, whole.len() - 1] {
        fs::write(&journal, &whole[..cut]).unwrap();
        fs::write(&index, &rows[..second_row]).unwrap();
        let fresh = Journal::read_only(scene.journal.folder()).unwrap();
        assert_eq!(fresh.verify().unwrap().unfinished, (cut - two) as u64);
        let opened = Journal::open(scene.journal.folder()).unwrap();
        let summary = opened.verify().unwrap();
        assert_eq!((summary.lines, summary.unfinished), (2, 0), "{cut}");
        let aside: Vec<_> = fs::read_dir(scene.journal.folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_str().unwrap().contains("unfinished-3"))
            .collect();
        assert!(
            aside
                .iter()
                .any(|path| fs::read(path).unwrap() == whole[two..cut]),
            "{aside:?}"
        );
    }
    // Killed before or while it wrote the index.
    for cut in [0, 5, second_row, second_row + 7, rows.len() - 1] {
        fs::write(&journal, &whole).unwrap();
        fs::write(&index, &rows[..cut]).unwrap();
        let fresh = Journal::read_only(scene.journal.folder()).unwrap();
        assert!(fresh.verify().unwrap().index_behind, "{cut}");
        Journal::open(scene.journal.folder()).unwrap();
        assert_eq!(fs::read(&index).unwrap(), rows, "{cut}");
    }
    // Killed between the revocation and the index.
    scene
        .journal
        .revoke(&scene.issue("web04").await, Reason::Superseded, noon())
        .unwrap();
    let revoked = fs::read_to_string(&index).unwrap();
    fs::write(
        &index,
        revoked.replace(
            "R\t231115221320Z\t231114221320Z,superseded\t",
            "V\t231115221320Z\t\t",
        ),
    )
    .unwrap();
    assert!(scene.journal.verify().unwrap().index_behind);
    scene.issue("web05").await;
    assert!(fs::read_to_string(&index).unwrap().starts_with(&revoked));
    scene.journal.verify().unwrap();
}
