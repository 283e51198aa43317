/**
 * Preloaded into the functions' processes of a soak: random numbers follow from the seed and the current instant alone,
 * so they are the same in every run, whichever process asks for them and in whatever order.
 */
import { seededRandom, seedOf } from '../../sandbox/seeded-random.ts';

const { SOAK_SEED = '' } = process.env;

Math.random = () => seededRandom(seedOf(`${SOAK_SEED} ${Date.now()}`))();
