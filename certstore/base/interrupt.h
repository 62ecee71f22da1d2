// Ctrl-C as an Error, so that destructors run and nothing half-made stays.
#pragma once

namespace certstore {

// Turns SIGINT, SIGTERM and SIGHUP into a flag; system calls are not restarted. Called once, by run_tool().
void catch_interrupts();
[[nodiscard]] bool interrupted();
// Throws Error(interrupted) if a signal came. Long loops call it once a window.
void throw_if_interrupted();

}  // namespace certstore
