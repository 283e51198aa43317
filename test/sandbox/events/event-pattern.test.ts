import { describe, expect, it } from 'vitest';
import { eventMatcher } from '../../../sandbox/events/event-pattern.ts';

const EVENT = {
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  resources: ['arn:one', 'arn:two'],
  detail: {
    status: 'FAILED',
    stateMachineArn: 'arn:machine',
    redriveCount: 0,
    output: null,
    nested: { deep: true },
  },
};

describe('an event pattern', () => {
  it.each<[string, object]>([
    ['one of the listed values', { source: ['aws.s3', 'aws.states'] }],
    ['all named fields', { source: ['aws.states'], detail: { status: ['FAILED', 'ABORTED'] } }],
    ['numbers', { detail: { redriveCount: [0] } }],
    ['booleans, at any depth', { detail: { nested: { deep: [true] } } }],
    ['null where the event has null', { detail: { output: [null] } }],
    ['any value of a list in the event', { resources: ['arn:two'] }],
    ['a prefix', { detail: { stateMachineArn: [{ prefix: 'arn:m' }] } }],
    ['a suffix', { detail: { stateMachineArn: [{ suffix: 'machine' }] } }],
    ['anything but a value', { detail: { status: [{ 'anything-but': 'SUCCEEDED' }] } }],
    ['anything but several values', { detail: { redriveCount: [{ 'anything-but': [1, 2] }] } }],
    ['a field that exists', { detail: { output: [{ exists: true }] } }],
    ['a field that does not exist', { detail: { error: [{ exists: false }] } }],
    ['a missing field of a missing object', { other: { error: [{ exists: false }] } }],
    ['a value or a filter', { detail: { status: ['RUNNING', { prefix: 'FAIL' }] } }],
  ])('matches %s', (_what, pattern) => {
    expect(eventMatcher(pattern)(EVENT)).toBe(true);
  });

  it.each<[string, object]>([
    ['another value', { source: ['aws.s3'] }],
    ['an event where one of two fields differs', { source: ['aws.states'], detail: { status: ['RUNNING'] } }],
    ['a number against its text', { detail: { redriveCount: ['0'] } }],
    ['null where the event has no such field', { detail: { error: [null] } }],
    ['a part of a value', { detail: { status: ['FAIL'] } }],
    ['another prefix', { detail: { stateMachineArn: [{ prefix: 'machine' }] } }],
    ['another suffix', { detail: { stateMachineArn: [{ suffix: 'arn' }] } }],
    ['a prefix in a number', { detail: { redriveCount: [{ prefix: '0' }] } }],
    ['an excluded value', { detail: { status: [{ 'anything-but': ['FAILED', 'ABORTED'] }] } }],
    ['anything but a value where there is no such field', { detail: { error: [{ 'anything-but': 'x' }] } }],
    ['a field that should not exist', { detail: { status: [{ exists: false }] } }],
    ['a field that should exist', { detail: { error: [{ exists: true }] } }],
    ['an object, which is not a leaf', { detail: { nested: [{ exists: true }] } }],
    ['a leaf against an object', { source: { name: ['aws.states'] } }],
  ])('does not match %s', (_what, pattern) => {
    expect(eventMatcher(pattern)(EVENT)).toBe(false);
  });

  it.each<[string, object]>([
    ['numeric', { detail: { redriveCount: [{ numeric: ['>', 0] }] } }],
    ['wildcard', { source: [{ wildcard: 'aws.*' }] }],
    ['equals-ignore-case', { source: [{ 'equals-ignore-case': 'AWS.states' }] }],
    ['cidr', { source: [{ cidr: '10.0.0.0/24' }] }],
    ['$or', { $or: [{ source: ['a'] }] }],
    ['anything-but', { source: [{ 'anything-but': { prefix: 'aws' } }] }],
    ['prefix', { source: [{ prefix: { 'equals-ignore-case': 'AWS' } }] }],
  ])('is refused by name when it uses %s in a way that is not emulated', (filter, pattern) => {
    const read = () => eventMatcher(pattern);

    expect(read).toThrow(
      expect.objectContaining({ name: 'RuleNotEmulated', message: expect.stringContaining(filter) }),
    );
  });

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['a value without a list', { source: 'aws.states' }],
    ['an empty list', { source: [] }],
    ['a list in a list', { source: [['aws.states']] }],
    ['two filters in one object', { source: [{ prefix: 'a', suffix: 's' }] }],
  ])('is invalid with %s', (_what, pattern) => {
    const read = () => eventMatcher(pattern);

    expect(read).toThrow(expect.objectContaining({ name: 'InvalidEventPattern' }));
  });
});
