import { describe, expect, it } from 'vitest';
import { withFigures } from '../../../bench/quotas/page.ts';

describe('withFigures', () => {
  it('puts the figures between the markers, and leaves the rest', () => {
    const page = 'before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n';

    expect(withFigures(page, 'new')).toBe(
      'before\n<!-- figures: begin -->\n\nnew\n\n<!-- figures: end -->\nafter\n',
    );
  });

  it('refuses a page without markers', () => {
    expect(() => withFigures('a page', 'new')).toThrow('markers');
  });
});
