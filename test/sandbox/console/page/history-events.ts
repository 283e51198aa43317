import type { HistoryEventView } from '../../../../sandbox/console/views.ts';

/** The type of an event, its time in ms since {@link START}, and the members of its details. */
type EventSpec = readonly [type: string, atMs: number, details?: Readonly<Record<string, unknown>>];

/** The start of the execution. */
export const START = '2025-03-01T08:00:00.000Z';

/** A history as the page receives it. */
export function historyEvents(...specs: readonly EventSpec[]): HistoryEventView[] {
  return specs.map(([type, atMs, details], index) => ({
    id: index + 1,
    previousEventId: index,
    type,
    timestamp: new Date(Date.parse(START) + atMs).toISOString(),
    ...(details !== undefined && { [detailsMember(type)]: details }),
  }));
}

function detailsMember(type: string): string {
  if (/State(?:Entered|Exited)$/.test(type)) return `state${type.replace(/^.*State/, '')}EventDetails`;
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

/** A Refresh that fails twice, is redriven eight hours later, and succeeds. */
export const REDRIVEN = historyEvents(
  ['ExecutionStarted', 0, { input: '{"secretArn":"arn:secret"}' }],
  ['TaskStateEntered', 10, { name: 'Fetch', input: '{"secretArn":"arn:secret"}' }],
  ['TaskScheduled', 10, { parameters: '{"FunctionName":"fetch"}' }],
  ['TaskStarted', 10],
  ['TaskSucceeded', 110, { output: '{"Payload":{}}' }],
  ['TaskStateExited', 110, { name: 'Fetch', output: '{"versions":{}}' }],
  ['TaskStateEntered', 110, { name: 'Refresh', input: '{"versions":{}}' }],
  ['TaskScheduled', 110, { parameters: '{"FunctionName":"refresh"}' }],
  ['TaskStarted', 110],
  ['TaskFailed', 310, { error: 'GenesysUnavailable', cause: '{"errorMessage":"503"}' }],
  ['TaskScheduled', 810, { parameters: '{"FunctionName":"refresh"}' }],
  ['TaskStarted', 810],
  ['TaskFailed', 1_000, { error: 'GenesysUnavailable', cause: '{"errorMessage":"503 again"}' }],
  ['ExecutionFailed', 1_000, { error: 'GenesysUnavailable', cause: '{"errorMessage":"503 again"}' }],
  ['ExecutionRedriven', 28_800_000, { redriveCount: 1 }],
  ['TaskScheduled', 28_800_000, { parameters: '{"FunctionName":"refresh"}' }],
  ['TaskStarted', 28_800_000],
  ['TaskSucceeded', 28_800_400, { output: '{"Payload":{}}' }],
  ['TaskStateExited', 28_800_400, { name: 'Refresh', output: '{"refreshed":{}}' }],
  ['SucceedStateEntered', 28_800_400, { name: 'Rotated', input: '{"refreshed":{}}' }],
  ['SucceedStateExited', 28_800_400, { name: 'Rotated', output: '{"refreshed":{}}' }],
  ['ExecutionSucceeded', 28_800_400, { output: '{"refreshed":{}}' }],
);
