import { milliseconds } from '../milliseconds.ts';
import type { RotationReport } from './measure.ts';
import type { RotationTimes } from './timed-sandbox.ts';

/** A duration of a rotation. */
export type DurationName = 'totalMs' | 'untilCurrentMs' | 'tokenGapMs';

/** How many times as long as the lower bound a warm rotation may take. */
const MOST_TIMES_THE_BOUND = 1.5;

/** Between Genesys Cloud's answer and the move of AWSCURRENT, one Lambda is called for three more steps. */
const STEPS_IN_THE_GAP = 3;

/** One duration of several rotations. */
export function durationsOf(rotations: readonly RotationTimes[], name: DurationName): number[] {
  return rotations.map(rotation => rotation[name]);
}

/** Whether the aims are reached, what the difference is made of, and why it stays. */
export function verdicts({ workflow, oneLambda, bound }: RotationReport): string[] {
  const { warm, cold } = workflow;
  const { polling, orchestration, aws } = warm.totalSplit;
  const boundCalls = bound.totalMs - bound.invocationMs - warm.totalSplit.genesys;
  const gapBehindMs = warm.tokenGapMs - oneLambda.warm.tokenGapMs;
  return [
    `**Total within ${MOST_TIMES_THE_BOUND}× of the lower bound when warm: ${reached(warm.totalMs <= MOST_TIMES_THE_BOUND * bound.totalMs)}** (${times(warm.totalMs, bound.totalMs)}). Of the ${milliseconds(warm.totalMs - bound.totalMs)} beyond it ${milliseconds(polling)} are polling, ${milliseconds(orchestration - bound.invocationMs)} state transitions and the ways to five more functions, and ${milliseconds(aws - boundCalls)} further calls of AWS. Nobody waits for the polling: consumers have the new token after ${milliseconds(warm.untilCurrentMs)} (${times(warm.untilCurrentMs, bound.untilCurrentMs)} of the bound), and Secrets Manager alone hears of it later. An earlier look finds slower rotations still running and takes from a quota that all share ([fleet.md](fleet.md)). The transitions are what a failed rotation is seen and redriven by.`,
    `**Token gap below that of one Lambda: ${reached(gapBehindMs < 0)}**, ${milliseconds(warm.tokenGapMs)} against ${milliseconds(oneLambda.warm.tokenGapMs)}. ${gapText(gapBehindMs)} When the functions start cold it is ${milliseconds(cold.tokenGapMs)}, because three of them start in it, where one Lambda is warm since its first step. Provisioned concurrency would take that away, at a price by the hour; one function for the three would as well, and each step would have the permissions of all. What one Lambda does not have is that the tokens are safe within the gap: here they are sealed in the execution's state from the moment of Genesys Cloud's answer, there a crash or a refused call loses them.`,
    "**No call that could be left out.** The table below says what each one is for. Calls that a function makes side by side take the time of one; of a rotation's calls only those that stand in sequence cost time, all of them cost money.",
  ];
}

function gapText(behindMs: number): string {
  if (behindMs < 0) return '';
  const perStepMs = behindMs / STEPS_IN_THE_GAP;
  return `The calls in it are the same; the ${milliseconds(behindMs)} are three state transitions. Where Secrets Manager lets more than ${milliseconds(perStepMs)} pass between two steps, the gap of one Lambda is the longer one: it has three such steps in it, this stack has none.`;
}

function reached(isReached: boolean): string {
  return isReached ? 'reached' : 'missed';
}

function times(value: number, bound: number): string {
  return `${(value / bound).toFixed(2)}×`;
}
