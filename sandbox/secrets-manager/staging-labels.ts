import { AwsError } from '../aws/aws-error.ts';

/** The version that GetSecretValue returns by default. */
export const AWSCURRENT = 'AWSCURRENT';
/** The version that a rotation creates. */
export const AWSPENDING = 'AWSPENDING';
/** The version that was previously AWSCURRENT. */
const AWSPREVIOUS = 'AWSPREVIOUS';

/** The maximum across all versions of a secret; AWS Secrets Manager User Guide, "Secrets Manager quotas". */
const MAX_LABELS = 20;

/** A move of a staging label; `from` is absent when it was added, `to` when it was removed. */
export interface LabelMove {
  readonly label: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * The staging labels of a secret's versions. A label is on one version at a time; a version may have several.
 *
 * Source: AWS Secrets Manager API Reference, UpdateSecretVersionStage.
 */
export class StagingLabels {
  readonly #holders: Map<string, string>;

  /** @param holders the version ids by label */
  constructor(holders: ReadonlyMap<string, string> = new Map()) {
    this.#holders = new Map(holders);
  }

  copy(): StagingLabels {
    return new StagingLabels(this.#holders);
  }

  /** The id of the version that has the label. */
  holder(label: string): string | undefined {
    return this.#holders.get(label);
  }

  /** The version's labels in alphabetical order, as Secrets Manager returns them. */
  of(versionId: string): string[] {
    return alphabetical(
      [...this.#holders].flatMap(([label, holder]) => (holder === versionId ? [label] : [])),
    );
  }

  /** @throws AwsError LimitExceededException if these labels would exceed the maximum */
  requireRoomFor(labels: Iterable<string>): void {
    if (new Set([...this.#holders.keys(), ...labels]).size <= MAX_LABELS) return;
    throw new AwsError('LimitExceededException', `A secret can have ${MAX_LABELS} staging labels.`);
  }

  /**
   * Moves the label to the version. AWSPREVIOUS follows AWSCURRENT automatically; AWSPENDING is not removed when
   * AWSCURRENT moves to its version.
   */
  attach(label: string, versionId: string): void {
    const previous = this.#holders.get(label);
    this.#holders.set(label, versionId);
    if (label !== AWSCURRENT) return;
    if (previous !== undefined && previous !== versionId) this.#holders.set(AWSPREVIOUS, previous);
    else if (this.#holders.get(AWSPREVIOUS) === versionId) this.#holders.delete(AWSPREVIOUS);
  }

  /** Removes the label from its version. */
  detach(label: string): void {
    this.#holders.delete(label);
  }

  /** Runs the change and returns the moved labels. */
  moves(change: () => void): LabelMove[] {
    const before = new Map(this.#holders);
    change();
    const moves: LabelMove[] = [];
    for (const label of alphabetical(new Set([...before.keys(), ...this.#holders.keys()]))) {
      const from = before.get(label);
      const to = this.#holders.get(label);
      if (from === to) continue;
      moves.push({ label, from, to });
    }
    return moves;
  }
}

function alphabetical(labels: Iterable<string>): string[] {
  return [...labels].sort((a, b) => (a < b ? -1 : 1));
}
