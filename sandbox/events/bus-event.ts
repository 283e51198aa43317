import type { Account } from '../aws/account.ts';

/** An event on the bus (Amazon EventBridge User Guide, "AWS service event metadata"). */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** In whole seconds, as in EventBridge. */
  readonly time: string;
  readonly region: string;
  /** ARNs of the resources involved. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A service's part of an event; the bus adds the rest. */
export interface EventEntry {
  readonly source: string;
  readonly detailType: string;
  readonly at: Date;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The account and region of the bus. */
export type BusAccount = Pick<Account, 'accountId' | 'region'>;

/** Converts an entry to an event; the detail is serialised as JSON. */
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
