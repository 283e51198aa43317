import { milliseconds } from '../durations.ts';
import { median } from '../median.ts';
import { INVOCATIONS_MS, type LowerBound } from './lower-bound.ts';
import type { RotationReport } from './measure.ts';
import type { RotationTimes } from './timed-sandbox.ts';

/** A duration of a rotation. */
export type DurationName = keyof LowerBound;

/** The target: the maximum duration of a warm rotation as a multiple of the lower bound. */
const MAX_BOUND_RATIO = 2;

/** The number of calls of one Lambda between Genesys Cloud's response and the move of AWSCURRENT. */
const STEPS_IN_THE_GAP = 3;

/** One duration of several rotations. */
export function durationsOf(rotations: readonly LowerBound[], name: DurationName): number[] {
  return rotations.map(rotation => rotation[name]);
}

/** Whether the targets are met, what the difference consists of, and why it remains. */
export function verdicts({ workflow, oneLambda, bound }: RotationReport): string[] {
  const { warm, cold } = workflow;
  const { polling, orchestration, aws, genesys } = warm.totalSplit;
  const boundCallsMs = bound.median.totalMs - INVOCATIONS_MS - genesys;
  const gapBehindMs = warm.tokenGapMs - oneLambda.warm.tokenGapMs;
  const totalMs = median(durationsOf(workflow.drawn, 'totalMs'));
  const boundMs = median(durationsOf(bound.drawn, 'totalMs'));
  return [
    `**Total within ${MAX_BOUND_RATIO}× the lower bound when warm, medians of the random draws: ${met(totalMs <= MAX_BOUND_RATIO * boundMs)}** (${times(totalMs, boundMs)}). With median latencies, the total exceeds the bound by ${milliseconds(warm.totalMs - bound.median.totalMs)}: ${milliseconds(polling)} for polling, ${milliseconds(orchestration - INVOCATIONS_MS)} for state transitions and five more invocations, and ${milliseconds(aws - boundCallsMs)} for further AWS calls, including the polls. Consumers do not wait for the polling: they have the new token after ${milliseconds(warm.untilCurrentMs)} (${times(warm.untilCurrentMs, bound.median.untilCurrentMs)} the bound), and only Secrets Manager is notified later. See [fleet.md](fleet.md#polling) for the cost of the polls. The transitions let you see and redrive a failed rotation.`,
    `**Token gap below that of one Lambda: ${met(gapBehindMs < 0)}**, ${milliseconds(warm.tokenGapMs)} against ${milliseconds(oneLambda.warm.tokenGapMs)}. ${gapText(workflow.warm, oneLambda.warm)}When the functions start cold, the gap is ${milliseconds(cold.tokenGapMs)}: three functions start during the gap, while one Lambda is warm after its first step. Provisioned concurrency would avoid that for an hourly price. Combining the three functions would avoid it as well, but each step would have the permissions of all three. In return, the tokens are safe during the gap: the journal and the execution's state each have a copy. With one Lambda, a crash or a refused call loses them.`,
    '**No unnecessary call.** The table below gives the reason for each. Parallel calls of a function take the time of one; all calls cost money.',
  ];
}

/** Empty where the gap is not the longer one. */
function gapText(ours: RotationTimes, theirs: RotationTimes): string {
  const behindMs = ours.tokenGapMs - theirs.tokenGapMs;
  if (behindMs < 0) return '';
  const transitionsMs = ours.tokenGapSplit.orchestration - theirs.tokenGapSplit.orchestration;
  const callsMs = ours.tokenGapSplit.aws - theirs.tokenGapSplit.aws;
  return `Of the ${milliseconds(behindMs)} difference, three state transitions take ${milliseconds(transitionsMs)} and AWS calls take ${milliseconds(callsMs)}: the new pair is recorded in the journal, and the labels are read before AWSCURRENT moves. If Secrets Manager waits for more than ${milliseconds(behindMs / STEPS_IN_THE_GAP)} between two steps, one Lambda has the longer gap, because its gap spans three steps. `;
}

function met(isMet: boolean): string {
  return isMet ? 'met' : 'missed';
}

/** A time as a multiple of its lower bound. */
export function times(value: number, bound: number): string {
  return `${(value / bound).toFixed(2)}×`;
}
