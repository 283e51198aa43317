import type { SecretsManager } from '../secrets-manager/secrets-manager.ts';
import type { LabelMoveView } from './views.ts';

/** The number of moves to keep for each secret. */
const MAX_MOVES = 200;

/** Records the moves of the staging labels of each secret, starting when this object is created. */
export class LabelHistory {
  readonly #moves = new Map<string, LabelMoveView[]>();

  constructor(secretsManager: Pick<SecretsManager, 'onChange'>) {
    secretsManager.onChange(({ secretArn, labelMoves, at }) => {
      const moves = this.#moves.get(secretArn) ?? [];
      moves.push(...labelMoves.map(move => ({ at: at.toISOString(), ...move })));
      this.#moves.set(secretArn, moves.slice(-MAX_MOVES));
    });
  }

  /** The latest 200 moves, oldest first. */
  of(secretArn: string): readonly LabelMoveView[] {
    return this.#moves.get(secretArn) ?? [];
  }
}
