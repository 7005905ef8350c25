//! The checks of groups, beside all others: nearly all that they do is to wait.

use std::thread::{spawn, JoinHandle};
use std::time::Instant;

use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::Offset;
use rust_checks::{expect, Report, Result};

use crate::admin;
use crate::group::{said, Group};
use crate::member::{Commits, Here, Member, Read, Share, There};

type One = (Here, String);

fn join(group: &Group, name: &str, extra: &[(&str, &str)]) -> Result<One> {
    join_as(group, name, Commits::Auto, extra)
}

fn join_as(group: &Group, name: &str, commits: Commits, extra: &[(&str, &str)]) -> Result<One> {
    Ok((Here::join(&group.name, name, commits, extra)?, group.name.clone()))
}

fn auto_commit() -> Result<String> {
    let mut group = Group::open("commits", 10)?;
    let mut member = join(&group, "auto", &[])?;
    group.await_readers(&mut [&mut member], 0)?;
    group.await_committed(10)?;
    Ok(format!("{} records", group.count()))
}

/// Reads everything; then the middle of each partition is committed, in one way or another.
fn commit_middle(
    name: &str,
    commits: Commits,
    commit: impl FnOnce(&Here, &Group) -> Result<()>,
) -> Result<Group> {
    let mut group = Group::open(name, 10)?;
    let mut member = join_as(&group, name, commits, &[])?;
    group.await_readers(&mut [&mut member], 0)?;
    commit(&member.0, &group)?;
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

fn check_manual(report: &Report) {
    let started = Instant::now();
    let group = commit_middle("manual", Commits::Manual, commit_by(CommitMode::Sync));
    let (said, rest) = match group {
        Ok(group) => (Ok("5 of 10 in each partition".into()), Ok(group)),
        Err(error) => (Err(error), Err("nothing is committed")),
    };
    report.say("group-manual-commit", started, said);
    report.check("group-resume", || resume(rest?));
}

/// Two share a round; then something is done with them.
fn two(
    name: &str,
    [mine, other]: [&[(&str, &str)]; 2],
    then: impl FnOnce(&mut Group, One, One) -> Result<String>,
) -> Result<String> {
    let mut group = Group::open(name, 5)?;
    let mut first = join(&group, "first", mine)?;
    group.await_shares(&mut [&mut first])?;
    let mut second = join(&group, "second", other)?;
    group.await_shares(&mut [&mut first, &mut second])?;
    group.round(&mut [&mut first, &mut second])?;
    then(&mut group, first, second)
}

fn shares(_: &mut Group, mut first: One, mut second: One) -> Result<String> {
    Ok(said(&[&mut first, &mut second]))
}

fn balance(strategy: &str) -> Result<String> {
    two(strategy, [&[("partition.assignment.strategy", strategy)]; 2], shares)
}

fn cooperative() -> Result<String> {
    let how = [("partition.assignment.strategy", "cooperative-sticky")];
    two("cooperative", [&how, &how], |_, first, second| {
        let kept = first.share();
        let past = first.0.history();
        let since = past.iter().skip_while(|share| share.len() < 6);
        let torn: Vec<&Share> = since.filter(|share| !share.is_superset(&kept)).collect();
        expect(torn, vec![], "shares without what it keeps")?;
        Ok(format!("the first kept {kept:?}, and gave {:?} away", second.share()))
    })
}

fn next_generation() -> Result<String> {
    let how = [("group.protocol", "consumer")];
    two("848", [&how, &how], |group, mut first, mut second| {
        group.await_committed(10)?;
        Ok(said(&[&mut first, &mut second]))
    })
}

fn static_member() -> Result<String> {
    let (stays, returns) = ([("group.instance.id", "stays")], [("group.instance.id", "returns")]);
    two("static", [&stays, &returns], |group, mut first, second| {
        let (before, calm) = (second.share(), first.0.history().len());
        drop(second);
        let mut again = join(group, "again", &returns)?;
        group.await_shares(&mut [&mut first, &mut again])?;
        group.round(&mut [&mut first, &mut again])?;
        expect(again.share(), before, "its share")?;
        expect(first.0.history().len(), calm, "shares that the other has had")?;
        Ok(format!("back at {:?}", again.share()))
    })
}

/// Two share, a third joins in a process of its own, and is killed there.
fn check_members(report: &Report) {
    let mut here: Option<(Group, One, One)> = None;
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
fn killed_member(group: &mut Group, third: There, [one, two]: [&mut One; 2]) -> Result<String> {
    let share = third.share();
    group.write(5)?;
    let last: Vec<Read> = third.kill()?;
    for read in last {
        group.take("three", read)?;
    }
    group.write(5)?;
    group.await_shares(&mut [one, two])?;
    group.await_readers(&mut [one, two], 0)?;
    group.round(&mut [one, two])?;
    Ok(format!("{share:?} go over to {}; {} records", said(&[one, two]), group.count()))
}

fn administrate() -> Result<String> {
    let mut group = Group::open("admin", 10)?;
    let mut member = join(&group, "admin", &[])?;
    group.await_readers(&mut [&mut member], 0)?;
    group.await_committed(10)?;
    admin::describe_group(&member.0.consumer, &group.name, "Stable")?;
    drop(member);
    admin::delete_group(&group.name)?;
    Ok("list, describe, delete".into())
}

/// Each in a thread of its own.
pub fn begin(report: &'static Report) -> Vec<JoinHandle<()>> {
    let middle = |_| Ok("5 of 10 in each partition".into());
    let check =
        |name: &'static str, body: fn() -> Result<String>| spawn(move || report.check(name, body));
    vec![
        spawn(|| check_members(report)),
        spawn(|| check_manual(report)),
        check("group-auto-commit", auto_commit),
        spawn(move || {
            report.check("group-mark-message", || {
                commit_middle("mark", Commits::Marked, mark).and_then(middle)
            });
        }),
        spawn(move || {
            report.check("group-commit-async", || {
                let commit = commit_by(CommitMode::Async);
                commit_middle("async", Commits::Manual, commit).and_then(middle)
            });
        }),
        check("group-balance-range", || balance("range")),
        check("group-balance-roundrobin", || balance("roundrobin")),
        check("group-cooperative", cooperative),
        check("group-static", static_member),
        check("group-848", next_generation),
        check("group-admin", administrate),
    ]
}
