import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { standInEngine, type StandInEngine } from './engine.js';
import { openShop, type Shop } from './shop.js';

describe('compatibility: --format', () => {
  let shop: Shop;
  let engine: StandInEngine;
  let url: string;

  before(async () => {
    [shop, engine] = await Promise.all([openShop(), standInEngine('24.0.7')]);
    url = `tcp://127.0.0.1:${engine.port}`;
    await shop.run(['create', '-d', 'none', '--url', url, '--engine-label', 'zone=a', 'one']);
    await engine.serve(shop.store);
  });
  after(() => Promise.all([shop.close(), engine.close()]));

  const done = (stdout: string) => ({ code: 0, stdout, stderr: '' });
  const failed = (stderr: string) => ({ code: 1, stdout: '', stderr: `${stderr}\n` });

  it('ls: a line for each machine', async () => {
    expect(await shop.run(['ls', '--format', '{{.Name}} {{.State}} {{.URL}} {{.DockerVersion}} {{.EngineOptions.Labels}}'])).to.deep.equal(
      done(`one Running ${url} v24.0.7 [zone=a]\n`),
    );
    expect((await shop.run(['ls', '-f', '{{.ResponseTime}}'])).stdout).to.match(/^\d+ms\n$/);
    expect(await shop.run(['ls', '-f', '{{.SwarmOptions}}'])).to.deep.equal(
      done('{false   false false tcp://0.0.0.0:3376 swarm:latest spread 0 0 [] [] [] false}\n'),
    );
  });

  it('ls: a table', async () => {
    expect(
      await shop.run(['ls', '--format', 'table {{.Name}}\\t{{.DriverName}}\\t{{.Active}}'], { env: { DOCKER_HOST: url } }),
    ).to.deep.equal(done('NAME   DRIVER   ACTIVE\none    none     *\n'));
    expect(await shop.run(['ls', '-f', 'table {{.Name}}', '--filter', 'name=nope'])).to.deep.equal(done('NAME\n'));
    expect(await shop.run(['ls', '-f', '{{.Name}}', '--filter', 'name=nope'])).to.deep.equal(done(''));
  });

  it('ls: an empty format is the default one, and -q is stronger', async () => {
    expect((await shop.run(['ls', '--format', ''])).stdout).to.match(/^NAME +ACTIVE +DRIVER/);
    expect(await shop.run(['ls', '-q', '-f', '{{.URL}}'])).to.deep.equal(done('one\n'));
  });

  it('ls: mistakes', async () => {
    expect(await shop.run(['ls', '-f', '{{.Nope}}'])).to.deep.equal(
      failed('template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type commands.HostListItem'),
    );
    expect(await shop.run(['ls', '-f', '{{.Name'])).to.deep.equal(failed('template: :1: unclosed action'));
    expect(await shop.run(['ls', '-f', '{{json .}}'])).to.deep.equal(failed('template: :1: function "json" not defined'));
  });

  it('ls: options stay out of the JSON, which excludes a format', async () => {
    const [row] = JSON.parse((await shop.run(['ls', '--json'])).stdout) as Record<string, unknown>[];
    expect(row).to.have.all.keys(
      'name',
      'driverName',
      'state',
      'url',
      'dockerVersion',
      'error',
      'swarm',
      'activeHost',
      'activeSwarm',
      'responseMs',
    );
    expect(await shop.run(['ls', '--json', '-f', '{{.Name}}'])).to.include({ code: 2 });
  });

  it('ls: a machine that cannot be read has no options', async () => {
    await mkdir(join(shop.store, 'machines', 'two'));
    await writeFile(join(shop.store, 'machines', 'two', 'config.json'), '{');
    const asking = '{{.Name}} {{.DriverName}} {{with .EngineOptions}}{{.InstallURL}}{{else}}{{.EngineOptions}}{{end}}';
    expect(await shop.run(['ls', '-f', asking])).to.deep.equal(done('one none https://get.docker.com\ntwo not found <nil>\n'));
    const late = await shop.run(['ls', '-f', '{{.Name}} {{.EngineOptions.InstallURL}}']);
    expect(late).to.include({ code: 1, stdout: 'one https://get.docker.com\n' });
    expect(late.stderr).to.match(/nil pointer evaluating \*engine\.Options\.InstallURL\n$/);
  });

  it('inspect: the configuration without types', async () => {
    const run = (format: string) => shop.run(['inspect', '--format', format, 'one']);
    expect(await run('{{.Driver.IPAddress}} {{.Nope}} {{.HostOptions.EngineOptions.Dns}}')).to.deep.equal(
      done(`127.0.0.1:${engine.port} <no value> <no value>\n`),
    );
    expect((await run('{{json .Driver}}')).stdout).to.match(
      /^\{"IPAddress":"127\.0\.0\.1:\d+","MachineName":"one","SSHKeyPath":"",.*"URL":"tcp:[^"]*"\}\n$/,
    );
    const config: unknown = JSON.parse(await readFile(join(shop.store, 'machines', 'one', 'config.json'), 'utf8'));
    expect(JSON.parse((await run('{{prettyjson .}}')).stdout)).to.deep.equal(config);
    expect(await run('{{prettyjson .HostOptions.EngineOptions.Labels}}')).to.deep.equal(done('[\n    "zone=a"\n]\n'));
    expect((await run('')).stdout).to.match(/^\{\n {4}"ConfigVersion": 3,/);
  });

  it('inspect: mistakes', async () => {
    expect(await shop.run(['inspect', '-f', '{{.Name', 'one'])).to.deep.equal(
      failed('template parsing error: template: :1: unclosed action'),
    );
    expect(await shop.run(['inspect', '-f', '{{.Name.X}}', 'one'])).to.deep.equal(
      failed('template: :1:7: executing "" at <.Name.X>: can\'t evaluate field X in type interface {}'),
    );
    expect(await shop.run(['inspect', '-f', '{{.Name}}', '--json', 'one'])).to.include({ code: 2 });
  });
});
