//! What serde writes has the names of Python's attributes, and what is an
//! integer in both the same value.

use rawos::{
    fs,
    process::{ChildCode, Pid, Rusage, WaitidResult, times},
    sched::SchedParam,
    signal::Signal,
    system::uname,
    tty::TerminalSize,
};
use serde_json::{Value, json, to_value};

use crate::{
    python,
    util::{not_run_in_part, runner},
};

const COMPARE: &str = r#"
import json, os, resource, sys
types = {"stat": os.stat_result, "statvfs": os.statvfs_result, "uname": os.uname_result,
         "rusage": resource.struct_rusage, "times": os.times_result,
         "waitid": os.waitid_result, "size": os.terminal_size, "param": os.sched_param}
ours = json.loads(sys.argv[1])
assert ours.keys() == types.keys(), ours.keys()
for name, value in ours.items():
    for field in value:
        if not hasattr(types[name], field):
            print("Python has no", name, field)
theirs = {"stat": os.stat("/"), "statvfs": os.statvfs("/"), "uname": os.uname()}
for name, value in theirs.items():
    for field in [field for field in dir(value) if field[:2] in ("st", "f_", "sy", "no", "re", "ve", "ma")]:
        if isinstance(getattr(value, field), float) or field.endswith("_ns"):
            continue  # a Timespec, of which both are made
        if field in ("f_bfree", "f_bavail", "f_ffree", "f_favail"):
            continue  # changes
        if field in sys.argv[2:]:
            continue
        if ours[name].get(field) != getattr(value, field):
            print(name, field, ours[name].get(field), getattr(value, field))
"#;

#[test]
fn serde_writes_what_python_has() {
    let waitid = WaitidResult {
        si_pid: Pid(1),
        si_uid: 0,
        si_signo: Signal::CHLD,
        si_status: 0,
        si_code: ChildCode::EXITED,
    };
    let mut uname = to_value(uname().unwrap()).unwrap();
    // The one that Python has not.
    assert!(uname.as_object_mut().unwrap().remove("domainname").is_some());
    let all: Value = json!({
        "stat": fs::stat("/").unwrap(), "statvfs": fs::statvfs("/").unwrap(), "uname": uname,
        "rusage": Rusage::default(), "times": times().unwrap(), "waitid": waitid,
        "size": TerminalSize::default(), "param": SchedParam::default(),
    });
    let all = all.to_string();
    let mut args = vec![&*all];
    if runner().is_some() {
        not_run_in_part("machine: the emulator says the one it plays");
        args.push("machine");
    }
    assert_eq!(python(COMPARE, &args, false), "");
}
