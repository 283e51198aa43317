import type { FleetFigures } from './figures.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { QUOTAS, type QuotaName } from './quotas.ts';

/** What a rotation needs of a quota, and the rotations that the quota allows. */
export interface QuotaUse {
  readonly quota: QuotaName;
  readonly requestsPerRotation: number;
  readonly perSecond: number;
  /** Rotations per second that this quota alone would allow. */
  readonly rotationsPerSecond: number;
  readonly isAdjustable: boolean;
  readonly source: string;
}

/** What the rotations of a run needed of each quota, the tightest first. */
export function quotaUse(figures: FleetFigures, region: string): readonly QuotaUse[] {
  return (Object.keys(QUOTAS) as QuotaName[])
    .map(quota => {
      const { bucket, adjustable: isAdjustable, source } = QUOTAS[quota];
      const requestsPerRotation = requests(quota, figures) / figures.secrets;
      const perSecond = bucket(region).refillPerSecond;
      const rotationsPerSecond = perSecond / requestsPerRotation;
      return { quota, requestsPerRotation, perSecond, rotationsPerSecond, isAdjustable, source };
    })
    .filter(({ requestsPerRotation }) => requestsPerRotation > 0)
    .sort((a, b) => a.rotationsPerSecond - b.rotationsPerSecond);
}

function requests(quota: QuotaName, { calls, transitions }: FleetFigures): number {
  if (quota === 'StateTransition') return transitions;
  return (Object.entries(calls) as [Operation, number][])
    .filter(([operation]) => (OPERATIONS[operation].quotas as readonly QuotaName[]).includes(quota))
    .reduce((total, [, count]) => total + count, 0);
}
