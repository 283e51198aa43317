import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/context.ts';

function settings(context: Record<string, unknown>) {
  return readSettings(key => context[key]);
}

describe('readSettings', () => {
  it('names the stack and leaves everything else to its default when no key is set', () => {
    const read = settings({});

    expect(read).toEqual({ stackName: 'genesys-token-rotation' });
  });

  it('reads every key as the command line gives it', () => {
    const read = settings({
      stackName: 'tokens',
      secretArns: 'arn:one, arn:two',
      secretArnPatterns: 'arn:*',
      secretNames: 'genesys/a',
      secretKeyArns: 'arn:key',
      schedule: 'rate(4 hours)',
      window: '2h',
      memoryMb: '1024',
      logRetentionDays: '30',
      genesysLoginUrl: 'https://gateway.example/login',
      genesysApiUrl: 'https://gateway.example/api',
    });

    expect(read).toEqual({
      stackName: 'tokens',
      secretArns: ['arn:one', 'arn:two'],
      secretArnPatterns: ['arn:*'],
      secretNames: ['genesys/a'],
      secretKeyArns: ['arn:key'],
      schedule: 'rate(4 hours)',
      window: '2h',
      memoryMb: 1024,
      logRetention: RetentionDays.ONE_MONTH,
      genesysGateway: { loginUrl: 'https://gateway.example/login', apiUrl: 'https://gateway.example/api' },
    });
  });

  it('reads lists and numbers as a JSON file gives them', () => {
    const read = settings({ secretNames: ['genesys/a', 'genesys/b'], memoryMb: 256, logRetentionDays: 7 });

    expect(read).toEqual({
      stackName: 'genesys-token-rotation',
      secretNames: ['genesys/a', 'genesys/b'],
      memoryMb: 256,
      logRetention: RetentionDays.ONE_WEEK,
    });
  });

  it.each([
    ['stackName', 'my_stack'],
    ['stackName', '1st'],
    ['stackName', 'a'.repeat(51)],
    ['secretArns', ''],
    ['secretArns', 'arn:one,'],
    ['secretArnPatterns', 7],
    ['secretNames', [7]],
    ['secretKeyArns', true],
    ['schedule', ''],
    ['window', 1],
    ['memoryMb', '512MB'],
    ['memoryMb', 512.5],
    ['memoryMb', '-512'],
    ['logRetentionDays', '31'],
    ['logRetentionDays', '9999'],
    ['logRetentionDays', 'ONE_MONTH'],
    ['genesysLoginUrl', ''],
    ['genesysApiUrl', ''],
  ])('refuses %s %j by its name', (key, value) => {
    expect(() => settings({ [key]: value })).toThrow(
      expect.objectContaining({ name: 'InvalidSetting', setting: key }),
    );
  });

  it.each([
    ['genesysApiUrl', { genesysLoginUrl: 'https://gateway.example/login' }],
    ['genesysLoginUrl', { genesysApiUrl: 'https://gateway.example/api' }],
  ])('asks for %s when only the other half of the gateway is given', (missing, context) => {
    expect(() => settings(context)).toThrow(
      expect.objectContaining({ name: 'InvalidSetting', setting: missing }),
    );
  });
});
