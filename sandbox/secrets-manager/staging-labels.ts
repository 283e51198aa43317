import { AwsError } from '../aws/aws-error.ts';

/** The version that GetSecretValue answers with when no version is named. */
export const AWSCURRENT = 'AWSCURRENT';
/** The version that a rotation is making. */
export const AWSPENDING = 'AWSPENDING';
/** The version that was AWSCURRENT before. */
const AWSPREVIOUS = 'AWSPREVIOUS';

/** Labels over all versions of a secret; AWS Secrets Manager User Guide, "Secrets Manager quotas". */
const MAX_LABELS = 20;

/** A staging label that changed its version; `from` is absent when it is new, `to` when it is gone. */
export interface LabelMove {
  readonly label: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Which version of a secret holds which staging label. A label sits on one version at a time, a version may
 * hold several.
 *
 * Source: AWS Secrets Manager API Reference, UpdateSecretVersionStage.
 */
export class StagingLabels {
  readonly #holders: Map<string, string>;

  /** @param holders the ids of the versions by label */
  constructor(holders: ReadonlyMap<string, string> = new Map()) {
    this.#holders = new Map(holders);
  }

  copy(): StagingLabels {
    return new StagingLabels(this.#holders);
  }

  /** The id of the version that holds the label. */
  holder(label: string): string | undefined {
    return this.#holders.get(label);
  }

  /** The version's labels in alphabetical order, as Secrets Manager answers them. */
  of(versionId: string): string[] {
    return alphabetical(
      [...this.#holders].flatMap(([label, holder]) => (holder === versionId ? [label] : [])),
    );
  }

  /** @throws AwsError LimitExceededException if the secret would have too many labels with these */
  requireRoomFor(labels: Iterable<string>): void {
    if (new Set([...this.#holders.keys(), ...labels]).size <= MAX_LABELS) return;
    throw new AwsError('LimitExceededException', `A secret can have ${MAX_LABELS} staging labels.`);
  }

  /**
   * Puts the label on the version and takes it off any other. AWSPREVIOUS follows AWSCURRENT by itself;
   * AWSPENDING stays where it is when AWSCURRENT joins it.
   */
  attach(label: string, versionId: string): void {
    const former = this.#holders.get(label);
    this.#holders.set(label, versionId);
    if (label !== AWSCURRENT) return;
    if (former !== undefined && former !== versionId) this.#holders.set(AWSPREVIOUS, former);
    else if (this.#holders.get(AWSPREVIOUS) === versionId) this.#holders.delete(AWSPREVIOUS);
  }

  /** Takes the label off the version that holds it. */
  detach(label: string): void {
    this.#holders.delete(label);
  }

  /** Runs the change and says which labels it moved. */
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
