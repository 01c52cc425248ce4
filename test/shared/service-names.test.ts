/** What services are called on the screen. */
import { describe, expect, it } from 'vitest';
import { serviceNames } from '../../shared/service-names.ts';
import { wordsOf } from '../../shared/words/words.ts';

const one = (service: string, title: string) => ({
  ...{ id: service, name: service, service, title, host: 'h.example', resource: 'https://h.example/' },
});

describe('services of practice', () => {
  it('are called by their names in the person’s language, all of them', () => {
    const connections = [
      one('practice', 'Conexor practice service'),
      one('practice-agent', 'Conexor agents (practice)'),
      one('practice-connexease', 'Connexease (practice)'),
      one('practice-api', 'Web API (practice)'),
      one('connexease', 'Connexease'),
    ];
    expect([...serviceNames(connections, wordsOf('es')).values()]).toEqual([
      'Servicio de práctica',
      'Servicio de práctica para agentes',
      'Servicio de práctica de Connexease',
      'Servicio de práctica para programas',
      'Connexease',
    ]);
  });
});
