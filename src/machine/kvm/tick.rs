//! A timer that regularly interrupts the guest, and the system calls that serve it, so that the
//! limits can be checked.
//!
//! A POSIX timer sends a signal to the thread that runs the guest. The handler sets the
//! `immediate_exit` byte of the vCPU on that thread, so that the vCPU stops even if the signal arrives
//! just before `KVM_RUN`. The handler has no `SA_RESTART`, so a blocked `read` or `write` returns
//! `EINTR`; if a signal arrives just before such a call, the next signal interrupts it. This needs no
//! thread, and many machines can run in parallel threads.
//!
//! `rustix` has no signal handlers and no POSIX timers, so this file uses `libc`.

use crate::machine::limits;
use crate::machine::outcome::HostError;
use std::cell::Cell;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

thread_local! {
    /// The stop byte of the vCPU that this thread runs; null if there is none.
    static CURRENT: Cell<*const AtomicU8> = const { Cell::new(ptr::null()) };
}

/// Called by the signal handlers. Accesses only one thread-local and one byte.
fn stop_current() {
    let flag = CURRENT.with(Cell::get);
    // SAFETY: not null means that a `Tick` on this thread keeps the page it points to alive.
    if let Some(flag) = unsafe { flag.as_ref() } {
        flag.store(1, Ordering::SeqCst);
    }
}

extern "C" fn on_tick(_: libc::c_int) {
    stop_current();
}

extern "C" fn on_interrupt(_: libc::c_int) {
    limits::interrupt();
    stop_current();
}

fn install(signal: libc::c_int, handler: extern "C" fn(libc::c_int)) -> io::Result<()> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: all fields of `sigaction` may be zero.
    let action = unsafe { action.assume_init_mut() };
    action.sa_sigaction = handler as *const () as usize;
    action.sa_flags = libc::SA_ONSTACK;
    // SAFETY: `action` is a complete action with an empty mask; its handler is safe at any time.
    let result = unsafe { libc::sigaction(signal, action, ptr::null_mut()) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The signal of the timer: a real-time signal, since nothing uses those by default.
fn tick_signal() -> libc::c_int {
    libc::SIGRTMIN() + 3
}

/// Makes SIGINT end running guests instead of the process.
pub(in crate::machine) fn catch_interrupt() -> io::Result<()> {
    install(libc::SIGINT, on_interrupt)
}

fn failed(what: &str, source: io::Error) -> HostError {
    HostError::System { what: what.to_owned(), help: None, source }
}

/// A timer for the thread that created it. Dropping it stops the timer.
#[derive(Debug)]
pub(in crate::machine) struct Tick {
    timer: libc::timer_t,
    before: *const AtomicU8,
}

impl Tick {
    /// Starts ticking every `period`. `flag` is the stop byte of the vCPU that this thread is
    /// going to run.
    ///
    /// # Safety
    /// `flag` must be null, or valid until the tick is dropped, which must happen on the same thread (it
    /// is not `Send`).
    pub(super) unsafe fn start(flag: *const AtomicU8, period: Duration) -> Result<Self, HostError> {
        static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
        INSTALLED
            .get_or_init(|| {
                install(tick_signal(), on_tick).map_err(|e| e.raw_os_error().unwrap_or(0))
            })
            .map_err(|e| failed("installing a signal handler", io::Error::from_raw_os_error(e)))?;
        unblock().map_err(|e| failed("unblocking a signal", e))?;
        let timer = create_timer().map_err(|e| failed("creating a timer", e))?;
        let before = CURRENT.replace(flag);
        let tick = Self { timer, before };
        tick.arm(period).map_err(|e| failed("starting a timer", e))?;
        Ok(tick)
    }

    fn arm(&self, period: Duration) -> io::Result<()> {
        let period = libc::timespec {
            tv_sec: period.as_secs().try_into().map_err(io::Error::other)?,
            tv_nsec: period.subsec_nanos().into(),
        };
        let spec = libc::itimerspec { it_interval: period, it_value: period };
        // SAFETY: the timer is ours, `spec` is complete.
        let result =
            unsafe { libc::timer_settime(self.timer, 0, &raw const spec, ptr::null_mut()) };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}

/// Unblocks the signal: the thread may belong to a program that blocks signals in its threads.
fn unblock() -> io::Result<()> {
    let mut set = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the pointer is to a value of our own.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: the set is initialised.
    unsafe { libc::sigaddset(set.as_mut_ptr(), tick_signal()) };
    // SAFETY: the set is initialised; the old mask is not asked for.
    let error = unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, set.as_ptr(), ptr::null_mut()) };
    if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
}

fn create_timer() -> io::Result<libc::timer_t> {
    let mut event = MaybeUninit::<libc::sigevent>::zeroed();
    // SAFETY: all fields of `sigevent` are integers and may be zero.
    let event = unsafe { event.assume_init_mut() };
    event.sigev_notify = libc::SIGEV_THREAD_ID;
    event.sigev_signo = tick_signal();
    // SAFETY: `gettid` has no preconditions.
    event.sigev_notify_thread_id = unsafe { libc::gettid() };
    let mut timer = ptr::null_mut();
    // SAFETY: both pointers are to complete values of our own.
    let result = unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, event, &raw mut timer) };
    if result == 0 { Ok(timer) } else { Err(io::Error::last_os_error()) }
}

impl Drop for Tick {
    fn drop(&mut self) {
        // SAFETY: the timer is ours and deleted once.
        unsafe { libc::timer_delete(self.timer) };
        CURRENT.set(self.before);
    }
}
