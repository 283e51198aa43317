import type { SecretsManager } from '../secrets-manager/secrets-manager.ts';
import type { LabelMoveView } from './views.ts';

/** The latest ones of a secret; older ones are forgotten. */
const MOST_MOVES = 200;

/** Remembers how the staging labels of each secret have moved since it was made. */
export class LabelHistory {
  readonly #moves = new Map<string, LabelMoveView[]>();

  constructor(secretsManager: Pick<SecretsManager, 'onChange'>) {
    secretsManager.onChange(({ secretArn, labelMoves, at }) => {
      const moves = this.#moves.get(secretArn) ?? [];
      moves.push(...labelMoves.map(move => ({ at: at.toISOString(), ...move })));
      this.#moves.set(secretArn, moves.slice(-MOST_MOVES));
    });
  }

  /** The latest 200 moves, the oldest first. */
  of(secretArn: string): readonly LabelMoveView[] {
    return this.#moves.get(secretArn) ?? [];
  }
}
