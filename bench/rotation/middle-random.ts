/** Preloaded into the functions' processes: every random number is 0.5, so the polling intervals have their mean. */
Math.random = () => 0.5;
