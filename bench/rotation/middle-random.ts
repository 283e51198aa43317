/** Preloaded into the functions' processes: every random number is 0.5, so the waits between two polls take their mean. */
Math.random = () => 0.5;
