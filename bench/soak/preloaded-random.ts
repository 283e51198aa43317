/**
 * Preloaded into the functions' processes of a soak: random numbers depend only on the seed and the current time, so
 * they are the same in every run, regardless of the process and the order of calls.
 */
import { seededRandom, seedOf } from '../../sandbox/seeded-random.ts';

const { SOAK_SEED = '' } = process.env;

Math.random = () => seededRandom(seedOf(`${SOAK_SEED} ${Date.now()}`))();
