import type { Context } from '../shared/context.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { Terminal } from '../shared/terminal.ts';
import type { OAuthClient } from './oauth-client.ts';
import type { PublishedToken } from './publish-token.ts';
import type { ExistingSecret } from './target-secret.ts';
import type { GrantTest } from './test-grants.ts';
import type { TokenOwner } from './token-owner.ts';
import type { WaitingExecution } from './waiting-execution.ts';
import type { WrittenSecret } from './write-credential.ts';

/** What will be written. */
export interface AuthorizePlan {
  /** The command's argument. It is the name if the secret will be created. */
  readonly secretId: string;
  readonly existing: ExistingSecret | undefined;
  readonly deployment: Deployment | undefined;
  readonly client: OAuthClient;
  readonly owner: TokenOwner;
  readonly previousUserId: string | undefined;
}

/** What was written. */
export interface AuthorizeResult extends AuthorizePlan {
  readonly written: WrittenSecret;
  readonly expiresAt: Date | undefined;
  /** Undefined if access tokens are not published, and for an alternate grant, whose rotations publish. */
  readonly published: PublishedToken | undefined;
  /** A failed execution that can be redriven with the new tokens. */
  readonly waiting: WaitingExecution | undefined;
  /** The test of both grants; undefined without an alternate grant. */
  readonly grantTest: GrantTest | undefined;
}

/** Shows who logged in and what will be written. */
export function summary(terminal: Terminal, plan: AuthorizePlan): string {
  const { secretId, existing, deployment, client, owner } = plan;
  const { organization } = owner;
  const lines: [string, string][] = [
    [
      'User',
      `${owner.name ?? '(no name)'}${owner.email === undefined ? '' : ` <${owner.email}>`}, ${owner.id}`,
    ],
    ...(organization === undefined
      ? []
      : [
          ['Organisation', `${organization.name ?? ''} ${organization.id}`.trim()] satisfies [string, string],
        ]),
    ['Client', `${client.clientId} at ${client.host}`],
    ['Secret', `${existing?.name ?? secretId}: ${secretChange(existing)}`],
    ...comparison(plan),
    ...(deployment === undefined
      ? []
      : [
          [
            'Rotation',
            `by ${deployment.name}, ${deployment.schedule.expression} within ${deployment.schedule.window}`,
          ] satisfies [string, string],
        ]),
  ];
  return `\n${lines.map(([label, text]) => `${terminal.style('bold', label.padEnd(13), terminal.err)} ${text}`).join('\n')}\n`;
}

function secretChange(existing: ExistingSecret | undefined): string {
  return existing === undefined
    ? 'will be created'
    : 'gets a new AWSCURRENT version; other keys are kept, and the current version becomes AWSPREVIOUS';
}

/** The comparison with the previous user; empty if there was none. */
function comparison({ existing, previousUserId, owner }: AuthorizePlan): [string, string][] {
  if (existing?.clientId === undefined) return [];
  if (previousUserId === undefined) {
    return [
      [
        'Previous user',
        'unknown: the access token in the secret no longer works, and the secret has no genesysUserId',
      ],
    ];
  }
  return [['Previous user', previousUserId === owner.id ? 'the same' : previousUserId]];
}

/** Prints the test of both grants, as text or as one JSON object. */
export function reportGrants(
  { terminal }: Pick<Context, 'terminal'>,
  { owner, written, grantTest }: AuthorizeResult & { readonly grantTest: GrantTest },
): void {
  const { hasBoth, otherTokenWorked, currentVersionId } = grantTest;
  terminal.result({
    secretArn: written.arn,
    secretName: written.name,
    versionId: currentVersionId,
    user: { id: owner.id, name: owner.name ?? null, email: owner.email ?? null },
    organizationId: owner.organization?.id ?? null,
    grants: hasBoth ? 2 : 1,
    otherTokenWorked,
  });
  if (!hasBoth) {
    terminal.line(
      `${terminal.style('yellow', '!')} ${written.name} has one grant: Genesys Cloud ended one of the two logins. The other one is in use and was rotated. Two logins of this user and client cannot alternate; see docs/alternating-grants.md.`,
    );
    return;
  }
  terminal.line(
    `${terminal.style('green', '✔')} ${written.name} has two grants; each was exchanged once. Version ${currentVersionId}`,
  );
  if (otherTokenWorked.includes(false)) {
    terminal.line(
      '  Exchanging one grant ended the access token of the other: consumers may see a token gap.',
    );
  }
}

/** Prints what was written and what to do next, as text or as one JSON object. */
export function report(
  { terminal, command }: Pick<Context, 'terminal' | 'command'>,
  result: AuthorizeResult,
): void {
  const { existing, deployment, client, owner, written, expiresAt, published, waiting } = result;
  const next = waiting === undefined ? undefined : command.on(waiting.stack)`redrive ${written.name}`;
  terminal.result({
    secretArn: written.arn,
    secretName: written.name,
    versionId: written.versionId,
    created: existing === undefined,
    clientId: client.clientId,
    region: client.host,
    user: { id: owner.id, name: owner.name ?? null, email: owner.email ?? null },
    organizationId: owner.organization?.id ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    rotation:
      deployment === undefined
        ? null
        : {
            functionArn: deployment.rotationFunctionArn,
            scheduleExpression: deployment.schedule.expression,
            window: deployment.schedule.window,
          },
    publishedSecretName: published?.problem === undefined ? (published?.secretName ?? null) : null,
    waitingExecutionArn: waiting?.executionArn ?? null,
    next: next ?? null,
  });

  terminal.line(
    `${terminal.style('green', '✔')} ${existing === undefined ? 'Created' : 'Wrote'} ${written.name}, version ${written.versionId}`,
  );
  terminal.line(`  ${written.arn}`);
  if (deployment !== undefined) {
    terminal.line(`  ${deployment.name} now rotates it: ${deployment.schedule.expression}.`);
  } else if (existing?.rotationFunctionArn === undefined) {
    terminal.line(
      '  Nothing rotates it yet. Add it to the stack (docs/deploy.md), or enable rotation yourself.',
    );
  }
  if (published !== undefined) {
    const { secretName, problem } = published;
    terminal.line(
      problem === undefined
        ? `  Consumers read the access token from ${secretName}.`
        : `  The access token was not published to ${secretName}: ${problem}. Consumers of that secret keep the previous access token. See docs/consumers.md.`,
    );
  }
  if (next !== undefined) {
    terminal.line('  Resume the failed rotation:');
    terminal.line(`    ${next}`);
  }
}
