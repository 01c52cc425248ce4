/**
 * Spanish inside a sentence: a service's own name stands as it is; what Conexor calls its practice service is no name
 * and needs its article.
 */
const ours = /^Servicio de práctica/;

/** "sobre Linear", "sobre el servicio de práctica", "al servicio de práctica", "del servicio de práctica". */
export function after(preposition: 'a' | 'de' | 'en' | 'sobre', service: string): string {
  if (!ours.test(service)) return `${preposition} ${service}`;
  const article = preposition === 'a' || preposition === 'de' ? `${preposition}l` : `${preposition} el`;
  return `${article} ${service.replace(ours, 'servicio de práctica')}`;
}
