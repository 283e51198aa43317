import {
  DeleteSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ExecutionNotRedrivable, RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { type HumanAction, isRefusal, Person } from '../../bench/soak/person.ts';
import type { TokenLedger } from '../../bench/soak/token-ledger.ts';
import type { FaultRule } from '../../sandbox/faults/fault-rule.ts';
import { createFirstCredential, type FirstCredential } from '../../sandbox/first-credential.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { CredentialInvariants } from './credential-invariants.ts';

/** An event or a person's action that affects a credential. */
export type Action =
  | { readonly kind: 'rotate' | 'removePending' }
  /** `choice`, from 0 to below 1, selects an old value or an execution. */
  | { readonly kind: 'human'; readonly action: HumanAction; readonly choice: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'fault'; readonly rule: FaultRule };

/** The duration of calls to AWS, so that something can happen between two calls. */
const CALL_MS = 100;

/** Longer than an execution runs without faults, including waits for marks of earlier exchanges. */
const MAX_ROTATION_MS = 600_000;

/** A credential with its rotations. */
export class RotatedCredential {
  readonly #sandbox: Sandbox;
  /** Its invariants. */
  readonly invariants: CredentialInvariants;
  readonly #credential: FirstCredential;
  readonly #person: Person;
  readonly #secrets: SecretsManagerClient;
  readonly #stepFunctions: SFNClient;
  readonly #executionArns: string[] = [];
  readonly #rules: FaultRule[] = [];
  readonly #stopListening: () => void;

  /** Creates a credential in a sandbox and clears earlier faults. */
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
    this.invariants = new CredentialInvariants(sandbox, ledger, credential);
    this.#credential = credential;
    this.#secrets = new SecretsManagerClient(sandbox.clientConfig);
    this.#stepFunctions = new SFNClient(sandbox.clientConfig);
    const tools = { sandbox, secrets: this.#secrets, stepFunctions: this.#stepFunctions };
    this.#person = new Person(credential, tools);
    this.#stopListening = sandbox.stepFunctions.onEvent(({ type, details, executionArn }) => {
      if (type === 'ExecutionStarted' && String(details?.input).includes(credential.secretArn))
        this.#executionArns.push(executionArn);
    });
  }

  /** Performs an action unless AWS rejects it, and waits until only the clock can cause further events. */
  async act(action: Action): Promise<void> {
    await this.#perform(action).catch((error: unknown) => {
      if (!isRefusal(error) && !isUnreachable(error)) throw error;
    });
    await this.#sandbox.advance(0);
  }

  /**
   * Removes all faults and does what the runbook requires when no login is needed: redrives the failed executions, or
   * rotates under another ClientRequestToken. If a person moved AWSCURRENT last, it may have an old value that no
   * redrive replaces, so a rotation follows the redrives.
   */
  async recover(by: 'redrives' | 'rotation'): Promise<void> {
    clearFaults(this.#sandbox);
    await this.#sandbox.advance(MAX_ROTATION_MS);
    if (by === 'redrives') {
      for (const executionArn of [...this.#executionArns]) {
        await this.#redrive(executionArn);
        await this.#sandbox.advance(MAX_ROTATION_MS);
      }
      if (!this.invariants.isCurrentByPerson) return;
    }
    await this.act({ kind: 'removePending' });
    await this.act({ kind: 'rotate' });
    await this.#sandbox.advance(2 * MAX_ROTATION_MS);
  }

  /** Deletes the secret, so that its rotations end. */
  async delete(): Promise<void> {
    this.#stopListening();
    this.invariants.end();
    clearFaults(this.#sandbox);
    await this.#secrets.send(
      new DeleteSecretCommand({ SecretId: this.#credential.secretArn, ForceDeleteWithoutRecovery: true }),
    );
    await this.#sandbox.advance(MAX_ROTATION_MS);
    this.#secrets.destroy();
    this.#stepFunctions.destroy();
  }

  async #perform(action: Action): Promise<void> {
    const { secretArn } = this.#credential;
    switch (action.kind) {
      case 'rotate':
        await this.#secrets.send(new RotateSecretCommand({ SecretId: secretArn }));
        return;
      case 'removePending':
        await this.#person.removePending();
        return;
      case 'human':
        await this.#actAsPerson(action.action, action.choice);
        return;
      case 'wait':
        await this.#sandbox.advance(action.ms);
        return;
      case 'fault':
        this.#rules.push(action.rule);
        this.#sandbox.faults.add(action.rule);
        return;
    }
  }

  /** Suspends faults during a login. */
  async #actAsPerson(action: HumanAction, choice: number): Promise<void> {
    const isLogin = action === 'log in';
    if (isLogin) clearFaults(this.#sandbox);
    await this.invariants.asPerson(() => this.#person.act(action, choice, this.#executionArns));
    if (isLogin) for (const rule of this.#rules) this.#sandbox.faults.add(rule);
  }

  async #redrive(executionArn: string): Promise<void> {
    try {
      await this.#stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
    } catch (error) {
      if (!(error instanceof ExecutionNotRedrivable)) throw error;
    }
    await this.#sandbox.advance(0);
  }
}

/** Whether a login failed because Genesys Cloud refuses connections. */
function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError && error.message === 'fetch failed';
}

function clearFaults({ faults }: Sandbox): void {
  faults.clear();
  for (const target of ['secretsmanager:*', 'kms:*', 'dynamodb:*'])
    faults.add({ target, kind: 'delay', ms: CALL_MS });
}
