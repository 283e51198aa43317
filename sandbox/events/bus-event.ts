import type { Account } from '../aws/account.ts';

/** An event on the bus (Amazon EventBridge User Guide, "AWS service event metadata"). */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** To the second, as EventBridge has it. */
  readonly time: string;
  readonly region: string;
  /** ARNs of what the event is about. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a service says of something that happened; the bus adds the rest. */
export interface EventEntry {
  readonly source: string;
  readonly detailType: string;
  readonly at: Date;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where the bus is. */
export type BusAccount = Pick<Account, 'accountId' | 'region'>;

/** Gives an entry the shape in which rules and targets see it; the detail goes through JSON. */
export function busEvent(
  { source, detailType, at, resources, detail }: EventEntry,
  account: BusAccount,
): BusEvent {
  return {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': detailType,
    source,
    account: account.accountId,
    time: at.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: account.region,
    resources,
    detail: JSON.parse(JSON.stringify(detail)),
  };
}
