import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { formats } from '../../../../src/swarm/file/checks/formats.js';

interface Schema {
  readonly $id?: string;
  readonly title?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

const textOf = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
const schema = JSON.parse(textOf('swarm.schema.json')) as Schema;
const sections = { '': schema, ...schema.definitions };

describe('docs/swarm.schema.json', () => {
  it('has an id and a draft that editors know', () => {
    expect(schema).to.include({ $schema: 'http://json-schema.org/draft-07/schema#', $id: 'urn:tsmachine:swarm-file' });
  });

  for (const [name, { properties = {}, additionalProperties }] of Object.entries(sections)) {
    it(`${name || 'the file'}: every key has a title, is described in docs/swarm-file.md, and no other key is allowed`, () => {
      expect(additionalProperties).to.equal(false);
      const documentation = textOf('swarm-file.md');
      for (const [key, property] of Object.entries(properties)) {
        const section = schema.definitions?.[property.$ref?.split('/').at(-1) ?? ''];
        expect(property.title ?? section?.title, key).to.be.a('string').that.is.not.empty;
        expect(documentation, key).to.contain(`\`${key}\``);
      }
    });
  }

  it('uses every format, and none that is not checked', () => {
    const used = [...textOf('swarm.schema.json').matchAll(/"format": "([^"]+)"/g)].map(([, format]) => format);
    expect([...new Set(used)].sort()).to.deep.equal(Object.keys(formats).sort());
  });

  it('allows to name as an install mode what create does', async () => {
    const { installModes } = await import('../../../../src/base/machine.js');
    const { enum: words } = schema.definitions?.['engine']?.properties?.['install'] as { readonly enum?: readonly string[] };
    expect(words).to.deep.equal([...installModes]);
  });
});
