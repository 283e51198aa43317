/**
 * Preloaded into the functions' processes of a soak: chance follows from the seed and the present instant alone, so
 * that it is the same in every run, in whichever process and order a function happens to ask for it.
 */
import { seededRandom, seedOf } from '../../sandbox/seeded-random.ts';

const { SOAK_SEED = '' } = process.env;

Math.random = () => seededRandom(seedOf(`${SOAK_SEED} ${Date.now()}`))();
