/**
 * Preloaded into the functions' processes: chance always falls in the middle, so that what is spread by it (the waits
 * between two looks at an execution) takes its mean.
 */
Math.random = () => 0.5;
