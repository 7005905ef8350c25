//! The checks of groups, beside all others: nearly all that they do is to wait.

use std::thread::{spawn, JoinHandle};

use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::Offset;
use rust_checks::{expect, Report, Result};

use crate::admin;
use crate::group::{said, Group};
use crate::member::{Commits, Here, Member, Share, There};

fn join(group: &Group, name: &str, extra: &[(&str, &str)]) -> Result<Here> {
    join_as(group, name, Commits::Auto, extra)
}

fn join_as(group: &Group, name: &str, commits: Commits, extra: &[(&str, &str)]) -> Result<Here> {
    Here::join((&group.name, &group.topic), name, commits, extra)
}

fn auto_commit(group: &mut Group) -> Result<String> {
    *group = Group::open("commits", 10)?;
    let mut member = join(group, "auto", &[])?;
    group.await_readers(&mut [&mut member], 0)?;
    group.await_committed(10)?;
    Ok(format!("{} records", group.count()))
}

/// Reads everything; then the middle of each partition is committed, in one way or another.
fn commit_middle(
    mut group: Group,
    commits: Commits,
    commit: impl FnOnce(&Here, &Group) -> Result<()>,
) -> Result<Group> {
    expect(group.count(), 60, "records to be read")?;
    let mut member = join_as(&group, "commits", commits, &[])?;
    group.await_readers(&mut [&mut member], 0)?;
    commit(&member, &group)?;
    drop(member);
    group.await_committed(5)?;
    Ok(group)
}

fn commit_by(mode: CommitMode) -> impl FnOnce(&Here, &Group) -> Result<()> {
    move |member, group| Ok(member.consumer.commit(&group.everywhere(Offset::Offset(5))?, mode)?)
}

fn mark(member: &Here, group: &Group) -> Result<()> {
    Ok(member.consumer.store_offsets(&group.everywhere(Offset::Offset(5))?)?)
}

fn resume(mut group: Group) -> Result<String> {
    group.forget_reads();
    let mut member = join_as(&group, "resumes", Commits::Manual, &[])?;
    group.await_readers(&mut [&mut member], 5)?;
    Ok("30 records, none before the offsets".into())
}

/// All on one topic, which is written once.
fn check_commits(report: &Report) {
    let mut topic = Group::default();
    report.check("group-auto-commit", || auto_commit(&mut topic));
    let middle = |_: &Group| Ok("5 of 10 in each partition".into());
    let mut manual = None;
    report.check("group-manual-commit", || {
        let commit = commit_by(CommitMode::Sync);
        let group = commit_middle(topic.other("manual"), Commits::Manual, commit)?;
        middle(manual.insert(group))
    });
    report.check("group-resume", || resume(manual.ok_or("there is no group")?));
    report.check("group-commit-async", || {
        let commit = commit_by(CommitMode::Async);
        middle(&commit_middle(topic.other("async"), Commits::Manual, commit)?)
    });
    report.check("group-mark-message", || {
        middle(&commit_middle(topic.other("mark"), Commits::Marked, mark)?)
    });
    report.check("group-admin", || administrate(topic.other("admin")));
}

/// Two share a round; then something is done with them.
fn two(
    group: &mut Group,
    [mine, other]: [&[(&str, &str)]; 2],
    then: impl FnOnce(&mut Group, Here, Here) -> Result<String>,
) -> Result<String> {
    let mut first = join(group, "first", mine)?;
    group.await_shares(&mut [&mut first])?;
    let mut second = join(group, "second", other)?;
    group.await_shares(&mut [&mut first, &mut second])?;
    group.round(&mut [&mut first, &mut second])?;
    then(group, first, second)
}

fn shares(_: &mut Group, mut first: Here, mut second: Here) -> Result<String> {
    Ok(said(&[&mut first, &mut second]))
}

/// One after the other on one topic.
fn check_balances(report: &Report) {
    let mut topic: Option<Group> = None;
    for strategy in ["range", "roundrobin"] {
        report.check(&format!("group-balance-{strategy}"), || {
            let last = match topic.take() {
                Some(last) => last,
                None => Group::open("balance", 5)?,
            };
            let group = topic.insert(last.other(strategy));
            two(group, [&[("partition.assignment.strategy", strategy)]; 2], shares)
        });
    }
}

fn cooperative() -> Result<String> {
    let how = [("partition.assignment.strategy", "cooperative-sticky")];
    two(&mut Group::open("cooperative", 5)?, [&how, &how], |_, first, second| {
        let kept = first.share();
        let past = first.history();
        let since = past.iter().skip_while(|share| share.len() < 6);
        let torn: Vec<&Share> = since.filter(|share| !share.is_superset(&kept)).collect();
        expect(torn, vec![], "shares without what it keeps")?;
        Ok(format!("the first kept {kept:?}, and gave {:?} away", second.share()))
    })
}

fn next_generation() -> Result<String> {
    let how = [("group.protocol", "consumer")];
    two(&mut Group::open("848", 5)?, [&how, &how], |group, mut first, mut second| {
        group.await_committed(10)?;
        Ok(said(&[&mut first, &mut second]))
    })
}

fn static_member() -> Result<String> {
    let (stays, returns) = ([("group.instance.id", "stays")], [("group.instance.id", "returns")]);
    two(&mut Group::open("static", 5)?, [&stays, &returns], |group, mut first, second| {
        let (before, calm) = (second.share(), first.history().len());
        drop(second);
        let mut again = join(group, "again", &returns)?;
        group.await_shares(&mut [&mut first, &mut again])?;
        group.round(&mut [&mut first, &mut again])?;
        expect(again.share(), before, "its share")?;
        expect(first.history().len(), calm, "shares that the other has had")?;
        Ok(format!("back at {:?}", again.share()))
    })
}

/// Two share, a third joins in a process of its own, and is killed there.
fn check_members(report: &Report) {
    let mut here: Option<(Group, Here, Here)> = None;
    let mut third: Option<There> = None;
    report.check("group-two-members", || {
        let mut group = Group::open("members", 5)?;
        let (mut one, mut two) = (join(&group, "one", &[])?, join(&group, "two", &[])?);
        group.await_shares(&mut [&mut one, &mut two])?;
        group.round(&mut [&mut one, &mut two])?;
        let shares = said(&[&mut one, &mut two]);
        here = Some((group, one, two));
        Ok(shares)
    });
    report.check("group-third-member", || {
        let (group, one, two) = here.as_mut().ok_or("there are no two")?;
        let three = third.insert(There::spawn(&group.name, "three")?);
        group.await_shares(&mut [one, two, three])?;
        group.round(&mut [one, two, three])?;
        Ok(said(&[one, two, three]))
    });
    report.check("group-killed-member", || {
        let (group, one, two) = here.as_mut().ok_or("there are no two")?;
        let killed = third.take().ok_or("there is no third")?;
        killed_member(group, killed, [one, two])
    });
}

/// Some records come before the kill, which the third may have read or not, and some after it.
fn killed_member(group: &mut Group, third: There, [one, two]: [&mut Here; 2]) -> Result<String> {
    let share = third.share();
    group.write(5)?;
    for (share, read) in third.kill()? {
        group.take(("three", &share), read)?;
    }
    group.write(5)?;
    group.await_shares(&mut [one, two])?;
    group.await_readers(&mut [one, two], 0)?;
    group.round(&mut [one, two])?;
    Ok(format!("{share:?} go over to {}; {} records", said(&[one, two]), group.count()))
}

fn administrate(mut group: Group) -> Result<String> {
    expect(group.count(), 60, "records to be read")?;
    let mut member = join(&group, "admin", &[])?;
    group.await_readers(&mut [&mut member], 0)?;
    group.await_committed(10)?;
    admin::describe_group(&member.consumer, &group.name, "Stable")?;
    drop(member);
    admin::delete_group(&group.name)?;
    Ok("list, describe, delete".into())
}

/// Each in a thread of its own.
pub fn begin(report: &'static Report) -> Vec<JoinHandle<()>> {
    let check =
        |name: &'static str, body: fn() -> Result<String>| spawn(move || report.check(name, body));
    vec![
        spawn(|| check_members(report)),
        spawn(|| check_commits(report)),
        spawn(|| check_balances(report)),
        check("group-cooperative", cooperative),
        check("group-static", static_member),
        check("group-848", next_generation),
    ]
}
