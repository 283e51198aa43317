import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const outputDirectory = mkdtempSync(join(tmpdir(), 'app-test-'));

afterAll(() => rmSync(outputDirectory, { recursive: true }));

/** Runs the app like the CDK CLI, with CDK's template validation. */
function synthesise(context: Record<string, string>) {
  const { CDK_VALIDATION: _without, ...environment } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
    env: { ...environment, CDK_OUTDIR: outputDirectory, CDK_CONTEXT_JSON: JSON.stringify(context) },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('the app', () => {
  it('writes the template of one stack and prints nothing', () => {
    const run = synthesise({
      stackName: 'tokens',
      secretNames: 'genesys/a',
      notificationEmails: 'team@example.com',
    });

    expect(run).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readdirSync(outputDirectory).filter(name => name.endsWith('.template.json'))).toEqual([
      'tokens.template.json',
    ]);
  });

  it('fails with one line when no secret is named', () => {
    const run = synthesise({});

    expect(run).toMatchObject({ status: 1, stdout: '' });
    expect(run.stderr).toMatch(/^secretNames: no secret is named\. .* allSecrets=true[^\n]*\n$/);
  });

  it('writes the reasons for cdk-nag suppressions to the template', () => {
    synthesise({ stackName: 'reasons', secretNames: 'genesys/a' });

    const { Resources } = JSON.parse(readFileSync(join(outputDirectory, 'reasons.template.json'), 'utf8'));
    const table = Object.values<Record<string, unknown>>(Resources).find(
      ({ Type, Metadata }) => Type === 'AWS::DynamoDB::Table' && JSON.stringify(Metadata).includes('cdk_nag'),
    );
    expect(table?.Metadata).toMatchObject({
      cdk_nag: { rules_to_suppress: [{ id: 'AwsSolutions-DDB3', reason: expect.any(String) }] },
    });
  });

  it('fails with one line when an option is misspelled', () => {
    const run = synthesise({ notificationEmail: 'oncall@example.com', 'cli-telemetry': 'false' });

    expect(run).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'notificationEmail: is not an option. Did you mean notificationEmails? See docs/deploy.md for all options.\n',
    });
  });

  it('fails with one line when a setting is invalid', () => {
    const run = synthesise({ schedule: 'rate(3 hours)' });

    expect(run).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'schedule: "rate(3 hours)" is too frequent; the shortest interval in Secrets Manager is 4 hours.\n',
    });
  });
});
