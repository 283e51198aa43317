import { milliseconds } from '../milliseconds.ts';
import type { RotationReport } from './measure.ts';
import type { RotationTimes } from './timed-sandbox.ts';

/** A duration of a rotation. */
export type DurationName = 'totalMs' | 'untilCurrentMs' | 'tokenGapMs';

/** How many times as long as the lower bound a warm rotation may take. */
const MOST_TIMES_THE_BOUND = 1.5;

/** How often Secrets Manager calls one Lambda between Genesys Cloud's response and the move of AWSCURRENT. */
const STEPS_IN_THE_GAP = 3;

/** One duration of several rotations. */
export function durationsOf(rotations: readonly RotationTimes[], name: DurationName): number[] {
  return rotations.map(rotation => rotation[name]);
}

/** Whether the targets are met, what the difference consists of, and why it remains. */
export function verdicts({ workflow, oneLambda, bound }: RotationReport): string[] {
  const { warm, cold } = workflow;
  const { polling, orchestration, aws } = warm.totalSplit;
  const boundCalls = bound.totalMs - bound.invocationMs - warm.totalSplit.genesys;
  const gapBehindMs = warm.tokenGapMs - oneLambda.warm.tokenGapMs;
  return [
    `**Total within ${MOST_TIMES_THE_BOUND}× of the lower bound when warm: ${met(warm.totalMs <= MOST_TIMES_THE_BOUND * bound.totalMs)}** (${times(warm.totalMs, bound.totalMs)}). Of the ${milliseconds(warm.totalMs - bound.totalMs)} beyond the bound, ${milliseconds(polling)} are polling, ${milliseconds(orchestration - bound.invocationMs)} are state transitions and five more invocations, and ${milliseconds(aws - boundCalls)} are further AWS calls. Nobody waits for the polling: consumers have the new token after ${milliseconds(warm.untilCurrentMs)} (${times(warm.untilCurrentMs, bound.untilCurrentMs)} of the bound), and only Secrets Manager learns of it later. Earlier polls would mostly find slower rotations still running, and they count against a quota that all rotations share ([fleet.md](fleet.md)). The transitions let you see and redrive a failed rotation.`,
    `**Token gap below that of one Lambda: ${met(gapBehindMs < 0)}**, ${milliseconds(warm.tokenGapMs)} against ${milliseconds(oneLambda.warm.tokenGapMs)}. ${gapText(workflow.warm, oneLambda.warm)}When the functions start cold, the gap is ${milliseconds(cold.tokenGapMs)}: three of them start in it, while one Lambda is warm since its first step. Provisioned concurrency would avoid that at an hourly price. One function for the three would avoid it as well, but each step would have the permissions of all. In exchange, the tokens are safe during the gap: the journal and the execution's state each have a copy. In one Lambda a crash or a refused call loses them.`,
    '**No call that could be left out.** The table below has a reason for each. Parallel calls of a function take the time of one; all calls cost money.',
  ];
}

/** Empty where the gap is not the longer one. */
function gapText(ours: RotationTimes, theirs: RotationTimes): string {
  const behindMs = ours.tokenGapMs - theirs.tokenGapMs;
  if (behindMs < 0) return '';
  const transitionsMs = ours.tokenGapSplit.orchestration - theirs.tokenGapSplit.orchestration;
  const callsMs = ours.tokenGapSplit.aws - theirs.tokenGapSplit.aws;
  return `Of the ${milliseconds(behindMs)} between them, ${milliseconds(transitionsMs)} are three state transitions and ${milliseconds(callsMs)} are AWS calls: the new pair is recorded in the journal, and the labels are read before AWSCURRENT moves. If Secrets Manager lets more than ${milliseconds(behindMs / STEPS_IN_THE_GAP)} pass between two steps, one Lambda has the longer gap, because three steps are part of it. `;
}

function met(isMet: boolean): string {
  return isMet ? 'met' : 'missed';
}

function times(value: number, bound: number): string {
  return `${(value / bound).toFixed(2)}×`;
}
