import {
  CancelRotateSecretCommand,
  DeleteSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { authoriseAgain } from '../../bench/soak/operator.ts';
import { currentVersionId, type TokenLedger } from '../../bench/soak/token-ledger.ts';
import { createFirstCredential, type FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import type { FaultRule } from '../../sandbox/faults/fault-rule.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Something that happens to a credential, or that somebody does to it. */
export type Action =
  | { readonly kind: 'rotate' | 'stop' | 'authorise' | 'cancel' | 'unpend' }
  | { readonly kind: 'pass'; readonly ms: number }
  /** Of the executions so far, counted from the latest. */
  | { readonly kind: 'redrive'; readonly back: number }
  | { readonly kind: 'fault'; readonly rule: FaultRule };

/** What AWS may answer to somebody who asks for something that cannot be done at the moment. */
const REFUSALS = new Set([
  'InvalidRequestException',
  'InvalidParameterException',
  'ResourceNotFoundException',
]);

/** Every call of the functions takes so long, so that others can come between two of them. */
const CALL_MS = 100;

/** A function that runs when its execution is stopped goes on for less than this. */
const LONGEST_REFRESH_MS = 15_000;

/** Longer than the time-out of an execution. */
const LONGEST_ROTATION_MS = 600_000;

/** A credential with its rotations. */
export class RotatedCredential {
  readonly #sandbox: Sandbox;
  readonly #ledger: TokenLedger;
  readonly #credential: FirstCredential;
  readonly #secrets: SecretsManagerClient;
  readonly #stepFunctions: SFNClient;
  readonly #executionArns: string[] = [];
  readonly #stoppedAtMs: number[] = [];
  readonly #violations: string[] = [];
  readonly #stopListening: (() => void)[];

  /** Makes a new one in a sandbox; what was planned to go wrong before is forgotten. */
  static async create(sandbox: Sandbox, ledger: TokenLedger, secretName: string): Promise<RotatedCredential> {
    clearFaults(sandbox);
    const credential = await createFirstCredential(sandbox, { secretName });
    sandbox.secretsManager.enableRotation(credential.secretArn, sandbox.rotationFunctionArn, {
      ScheduleExpression: 'rate(8 hours)',
      Duration: '1h',
    });
    return new RotatedCredential(sandbox, ledger, credential);
  }

  private constructor(sandbox: Sandbox, ledger: TokenLedger, credential: FirstCredential) {
    this.#sandbox = sandbox;
    this.#ledger = ledger;
    this.#credential = credential;
    this.#secrets = new SecretsManagerClient(sandbox.clientConfig);
    this.#stepFunctions = new SFNClient(sandbox.clientConfig);
    const { secretArn } = credential;
    this.#stopListening = [
      sandbox.stepFunctions.onEvent(({ type, details, executionArn }) => {
        if (type === 'ExecutionStarted' && String(details?.input).includes(secretArn))
          this.#executionArns.push(executionArn);
      }),
      sandbox.secretsManager.onChange(change => {
        const move = change.labelMoves.find(({ label }) => label === 'AWSCURRENT');
        if (change.secretArn !== secretArn || move === undefined) return;
        const [before, after] = [move.from, move.to].map(versionId => this.#issuedAtMs(versionId));
        if (before === undefined || after === undefined || after < before)
          this.#violations.push('AWSCURRENT moved to an older credential, or to none.');
      }),
    ];
  }

  /** Does it, as far as AWS lets it, and waits until nothing happens any more but by the clock. */
  async act(action: Action): Promise<void> {
    await this.#perform(action).catch((error: unknown) => {
      const isRefusal =
        error instanceof ExecutionNotRedrivable ||
        (error instanceof SecretsManagerServiceException && REFUSALS.has(error.name));
      if (!isRefusal) throw error;
    });
    await this.#sandbox.advance(0);
  }

  /**
   * Takes all causes away and does one of the things that the runbook promises to be enough where no login is needed:
   * redrives what has failed, or lets Secrets Manager rotate under another ClientRequestToken.
   */
  async recover(by: 'redrives' | 'rotation'): Promise<void> {
    clearFaults(this.#sandbox);
    await this.#sandbox.advance(LONGEST_ROTATION_MS);
    if (by === 'redrives') {
      for (const executionArn of [...this.#executionArns]) {
        await this.#redrive(executionArn);
        await this.#sandbox.advance(LONGEST_ROTATION_MS);
      }
      return;
    }
    await this.act({ kind: 'unpend' });
    await this.act({ kind: 'rotate' });
    await this.#sandbox.advance(2 * LONGEST_ROTATION_MS);
  }

  /** What is wrong at the moment; nothing should be. */
  async violations(): Promise<readonly string[]> {
    const { secretArn } = this.#credential;
    const found = [...this.#violations];
    if (this.#ledger.tokensOf(secretArn, currentVersionId(this.#sandbox, secretArn)) === undefined)
      found.push('AWSCURRENT is no complete credential.');
    for (const fingerprint of this.#liveRefreshTokens()) {
      if ((await this.#whereabouts(fingerprint)) === 'lost')
        found.push(`The live refresh token ${fingerprint} is neither stored nor sealed.`);
    }
    return found;
  }

  /** Whether AWSCURRENT works, or its login has no live refresh token left that is stored or sealed. */
  async isSaved(): Promise<boolean> {
    const { secretArn, clientId } = this.#credential;
    const { genesysCloud } = this.#sandbox;
    const current = this.#ledger.tokensOf(secretArn, currentVersionId(this.#sandbox, secretArn));
    if (current !== undefined && genesysCloud.isLive(current.refreshToken)) return true;
    const lineage = genesysCloud
      .lineages(clientId)
      .find(({ tokens }) => tokens.some(({ fingerprint }) => fingerprint === current?.refreshToken));
    const live = lineage?.tokens.find(({ kind, state }) => kind === 'refresh' && state === 'live');
    const whereabouts = live === undefined ? 'lost' : await this.#whereabouts(live.fingerprint);
    return whereabouts === 'lost on the wire';
  }

  /** Deletes it, so that it does not go on beside the next. */
  async delete(): Promise<void> {
    for (const stop of this.#stopListening) stop();
    clearFaults(this.#sandbox);
    await this.#secrets.send(
      new DeleteSecretCommand({ SecretId: this.#credential.secretArn, ForceDeleteWithoutRecovery: true }),
    );
    await this.#sandbox.advance(LONGEST_ROTATION_MS);
    this.#secrets.destroy();
    this.#stepFunctions.destroy();
  }

  async #perform(action: Action): Promise<void> {
    const { secretArn } = this.#credential;
    switch (action.kind) {
      case 'rotate':
        await this.#secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
        return;
      case 'cancel':
        await this.#secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn }));
        return;
      case 'unpend':
        await this.#takeOffPending();
        return;
      case 'authorise':
        // A fault must not befall the login.
        clearFaults(this.#sandbox);
        await authoriseAgain(this.#credential, { sandbox: this.#sandbox, secrets: this.#secrets });
        return;
      case 'stop':
        await this.#stop();
        return;
      case 'redrive':
        await this.#redrive(this.#executionArns.at(-1 - action.back));
        return;
      case 'pass':
        await this.#sandbox.advance(action.ms);
        return;
      case 'fault':
        this.#sandbox.faults.add(action.rule);
        return;
    }
  }

  async #takeOffPending(): Promise<void> {
    const { secretArn } = this.#credential;
    const pending = this.#sandbox.secretsManager
      .secret(secretArn)
      ?.versions.find(({ labels }) => labels.includes('AWSPENDING'));
    if (pending === undefined) return;
    await this.#secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretArn,
        VersionStage: 'AWSPENDING',
        RemoveFromVersionId: pending.id,
      }),
    );
  }

  async #stop(): Promise<void> {
    const executionArn = this.#executionArns.at(-1);
    if (executionArn === undefined) return;
    this.#stoppedAtMs.push(this.#sandbox.clock.nowMs());
    await this.#stepFunctions.send(new StopExecutionCommand({ executionArn }));
  }

  async #redrive(executionArn: string | undefined): Promise<void> {
    if (executionArn === undefined) return;
    try {
      await this.#stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
    } catch (error) {
      if (!(error instanceof ExecutionNotRedrivable)) throw error;
    }
    await this.#sandbox.advance(0);
  }

  #liveRefreshTokens(): string[] {
    return this.#sandbox.genesysCloud
      .lineages(this.#credential.clientId)
      .flatMap(({ tokens }) => tokens)
      .filter(({ kind, state }) => kind === 'refresh' && state === 'live')
      .map(({ fingerprint }) => fingerprint);
  }

  /** A function that runs when its execution is stopped answers to nobody, as if its answer were lost. */
  async #whereabouts(fingerprint: string): Promise<string> {
    const whereabouts = await this.#ledger.whereabouts(this.#credential.secretArn, fingerprint);
    if (whereabouts !== 'lost') return whereabouts;
    const issuedAtMs = this.#ledger.issuedAtMs(fingerprint) ?? 0;
    const isStopped = this.#stoppedAtMs.some(
      atMs => issuedAtMs >= atMs && issuedAtMs - atMs < LONGEST_REFRESH_MS,
    );
    return isStopped ? 'lost on the wire' : 'lost';
  }

  #issuedAtMs(versionId: string | undefined): number | undefined {
    const tokens = this.#ledger.tokensOf(this.#credential.secretArn, versionId ?? '');
    return tokens && this.#ledger.issuedAtMs(tokens.refreshToken);
  }
}

function clearFaults({ faults }: Sandbox): void {
  faults.clear();
  for (const target of ['secretsmanager:*', 'kms:*']) faults.add({ target, kind: 'delay', ms: CALL_MS });
}
