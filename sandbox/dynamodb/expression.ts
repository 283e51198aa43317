import type { AwsError } from '../aws/aws-error.ts';
import type { AttributeValue } from './attribute-value.ts';
import type { Placeholders } from './placeholders.ts';
import { isReservedWord } from './reserved-words.ts';
import { validationError } from './validation-error.ts';

/** A request member that contains an expression. */
export type ExpressionMember = 'ConditionExpression' | 'KeyConditionExpression' | 'UpdateExpression';

/** An operand of an expression: a top-level attribute of the item, or a value from the request. */
export type Operand = { readonly attribute: string } | { readonly value: AttributeValue };

interface Token {
  /** Empty at the end of the expression. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const MAX_EXPRESSION_BYTES = 4096;
const TOKEN = /[A-Za-z][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|\d+|<=|>=|<>|[^ \t\r\n]/g;
const NAME = /^(?:[A-Za-z]|#.)/;

/**
 * Reads an expression token by token; each kind of expression has its grammar in its own module.
 *
 * Reports the first error in the text of an expression. AWS may report another one, because it checks some kinds of
 * errors before others.
 *
 * Source: Amazon DynamoDB Developer Guide, "Using expressions in DynamoDB". The error messages are those that the
 * tests of dynalite, ExtendDB, ScyllaDB's Alternator and the DynamoDB conformance suite of nubo-db expect from AWS.
 */
export class ExpressionReader {
  readonly #member: ExpressionMember;
  readonly #text: string;
  readonly #placeholders: Placeholders;
  readonly #tokens: readonly Token[];
  readonly #attributes = new Set<string>();
  #position = 0;

  /** @throws AwsError ValidationException when the expression is empty or longer than 4 KB */
  constructor(member: ExpressionMember, text: string, placeholders: Placeholders) {
    this.#member = member;
    this.#text = text;
    this.#placeholders = placeholders;
    if (text === '') throw this.invalid('The expression can not be empty;');
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_EXPRESSION_BYTES) {
      throw this.invalid(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
    }
    this.#tokens = [...text.matchAll(TOKEN)].map(({ 0: token, index }) => ({
      text: token,
      start: index,
      end: index + token.length,
    }));
  }

  /** The names of the attributes that have been read. */
  get attributes(): ReadonlySet<string> {
    return this.#attributes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#tokens.length;
  }

  /** Whether the next token is this symbol or keyword; keywords are case-insensitive. */
  isNext(token: string, offset = 0): boolean {
    return this.#token(offset).text.toUpperCase() === token;
  }

  /** Moves past the next token if it is this symbol or keyword. */
  skip(token: string): boolean {
    if (!this.isNext(token)) return false;
    this.#position += 1;
    return true;
  }

  /** @throws AwsError ValidationException when the next token is a different one */
  require(token: string): void {
    if (!this.skip(token)) throw this.syntaxError();
  }

  /** Moves past the next token if it is one of these symbols or keywords. */
  oneOf<Text extends string>(tokens: readonly Text[]): Text | undefined {
    return tokens.find(token => this.skip(token));
  }

  /** Moves past a function name and its opening parenthesis, if these are the next tokens. */
  functionName(): string | undefined {
    const { text } = this.#token();
    if (!this.isNext('(', 1) || !/^[A-Za-z]/.test(text)) return undefined;
    this.#position += 2;
    return text;
  }

  /** @throws AwsError ValidationException */
  operand(): Operand {
    return this.#token().text.startsWith(':') ? { value: this.value() } : { attribute: this.attribute() };
  }

  /**
   * Reads the name of a top-level attribute, or its placeholder.
   *
   * @throws AwsError ValidationException
   */
  attribute(): string {
    const { text } = this.#token();
    if (!NAME.test(text)) throw this.syntaxError();
    const name = text.startsWith('#') ? this.#placeholders.name(text) : text;
    if (name === undefined) {
      throw this.invalid(
        `An expression attribute name used in the document path is not defined; attribute name: ${text}`,
      );
    }
    if (name === text && isReservedWord(text)) {
      throw this.invalid(`Attribute name is a reserved keyword; reserved keyword: ${text}`);
    }
    this.#position += 1;
    if (this.isNext('.') || this.isNext('[')) throw this.notEmulated('a nested attribute');
    this.#attributes.add(name);
    return name;
  }

  /**
   * Reads the placeholder of a value.
   *
   * @throws AwsError ValidationException
   */
  value(): AttributeValue {
    const { text } = this.#token();
    if (!/^:./.test(text)) throw this.syntaxError();
    const value = this.#placeholders.value(text);
    if (value === undefined) {
      throw this.invalid(
        `An expression attribute value used in expression is not defined; attribute value: ${text}`,
      );
    }
    this.#position += 1;
    return value;
  }

  /** The error for a next token that the grammar does not allow. */
  syntaxError(): AwsError {
    const token = this.#token();
    const { start } = this.#position > 0 ? this.#token(-1) : token;
    const { end } = this.#token(1);
    return this.invalid(
      `Syntax error; token: "${token.text || '<EOF>'}", near: "${this.#text.slice(start, end)}"`,
    );
  }

  /** The error for syntax that AWS supports and the sandbox does not. */
  notEmulated(what: string): AwsError {
    return this.invalid(`${what} is not emulated by the sandbox`);
  }

  invalid(reason: string): AwsError {
    return validationError(`Invalid ${this.#member}: ${reason}`);
  }

  #token(offset = 0): Token {
    const end = this.#tokens.at(-1)?.end ?? 0;
    return this.#tokens[this.#position + offset] ?? { text: '', start: end, end };
  }
}
