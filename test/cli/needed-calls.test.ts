import { describe, expect, it } from 'vitest';
import { type Actor, neededCalls } from '../../cli/diagnose/needed-calls.ts';
import { functionId, type Statement, statementsOf, template } from '../infra/deployment.ts';
