import {
  type ExecutionListItem,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn';
import { isConfigurationTest } from '../shared/execution-name.ts';
import { FAILED_STATUSES, type StateMachineAccess } from '../shared/executions.ts';

/** Sealed tokens that an execution refreshed and that never became AWSCURRENT. */
export interface RecoveredTokens {
  readonly executionArn: string;
  readonly sealedValue: string;
  /** The version that they were sealed for. */
  readonly sealedVersionId: string;
  /** The version that was AWSCURRENT when they were refreshed. */
  readonly baseVersionId: string;
  /** When Genesys Cloud issued them (ISO 8601). */
  readonly refreshedAt: string;
}

/** A listing is a page at a time, newest first; older executions than these pages hold are not looked at. */
const MOST_PAGES = 5;
const PAGE_SIZE = 1_000;

/** How many failed executions of one secret are looked into, newest first. */
const MOST_EXECUTIONS = 10;

const REFRESHES = new Set(['Refresh', 'RefreshPending']);

/**
 * Searches the failed executions of a secret for the newest tokens that came from a version, as the rotation of
 * another ClientRequestToken may have left them. Executions keep their history for 90 days.
 *
 * @param namePrefix    what the names of the secret's executions begin with
 * @param baseVersionId the version that is AWSCURRENT: tokens that came from another one are older, or are superseded
 */
export async function searchRecoveredTokens(
  namePrefix: string,
  baseVersionId: string,
  access: StateMachineAccess,
): Promise<RecoveredTokens | undefined> {
  const listed = await Promise.all(
    // An execution may hold tokens that are not stored, however it ended.
    FAILED_STATUSES.map(status => listExecutions(namePrefix, status, access)),
  );
  const newest = listed
    .flat()
    .sort((a, b) => startMs(b) - startMs(a))
    .slice(0, MOST_EXECUTIONS);
  let best: RecoveredTokens | undefined;
  for (const { executionArn } of newest) {
    const found = await recoveredTokensOf(executionArn ?? '', baseVersionId, access);
    if (found !== undefined && (best === undefined || found.refreshedAt > best.refreshedAt)) best = found;
  }
  return best;
}

/**
 * The newest tokens that one execution refreshed from a version, or else those that it was given: while nothing can be
 * stored, attempts follow upon each other, and the one that refreshed is soon not among the newest any more.
 */
export async function recoveredTokensOf(
  executionArn: string,
  baseVersionId: string,
  { stepFunctions }: StateMachineAccess,
): Promise<RecoveredTokens | undefined> {
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.send(
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        maxResults: PAGE_SIZE,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    for (const event of page.events ?? []) {
      const found = refreshedBy(event, executionArn) ?? givenBy(event);
      if (found === undefined) continue;
      return found.baseVersionId === baseVersionId ? found : undefined;
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return undefined;
}

async function listExecutions(
  namePrefix: string,
  statusFilter: ExecutionStatus,
  { stepFunctions, stateMachineArn }: StateMachineAccess,
): Promise<ExecutionListItem[]> {
  const found: ExecutionListItem[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { executions = [], nextToken: following } = await stepFunctions.send(
      new ListExecutionsCommand({
        stateMachineArn,
        statusFilter,
        maxResults: PAGE_SIZE,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    found.push(
      ...executions.filter(({ name }) => name?.startsWith(namePrefix) && !isConfigurationTest(name)),
    );
    nextToken = following;
    if (nextToken === undefined) break;
  }
  return found;
}

/** What a refresh left in the execution's state, when the event is the end of one. */
function refreshedBy(
  { stateExitedEventDetails }: HistoryEvent,
  executionArn: string,
): RecoveredTokens | undefined {
  const { name, output } = stateExitedEventDetails ?? {};
  if (!REFRESHES.has(name ?? '') || output === undefined) return undefined;
  const { versionId, refreshed } = JSON.parse(output) as { versionId?: unknown; refreshed?: object };
  // A caught failure leaves the state, too, with what an earlier refresh wrote.
  return completeTokens({ ...refreshed, sealedVersionId: versionId, executionArn });
}

/** What the execution was given, when the event is its start. */
function givenBy({ executionStartedEventDetails }: HistoryEvent): RecoveredTokens | undefined {
  const { input } = executionStartedEventDetails ?? {};
  if (input === undefined) return undefined;
  const { recovered } = JSON.parse(input) as { recovered?: object | null };
  return completeTokens({ ...recovered });
}

function completeTokens(
  tokens: { readonly [Key in keyof RecoveredTokens]?: unknown },
): RecoveredTokens | undefined {
  const { executionArn, sealedValue, sealedVersionId, baseVersionId, refreshedAt } = tokens;
  const members = [executionArn, sealedValue, sealedVersionId, baseVersionId, refreshedAt];
  if (!members.every(member => typeof member === 'string')) return undefined;
  return {
    executionArn: String(executionArn),
    sealedValue: String(sealedValue),
    sealedVersionId: String(sealedVersionId),
    baseVersionId: String(baseVersionId),
    refreshedAt: String(refreshedAt),
  };
}

function startMs({ startDate }: ExecutionListItem): number {
  return startDate?.getTime() ?? 0;
}
