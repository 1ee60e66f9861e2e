import { romanize } from "./romanize";

/** What Korean names and descriptions of machines are mostly made of, as a colleague would write it in code. */
const english: Readonly<Record<string, string>> = {
  ...{ 웹: "web", 서버: "server", 서비스: "service", 데이터베이스: "database", 디비: "db", 파일: "file" },
  ...{ 개발: "dev", 운영: "prod", 테스트: "test", 빌드: "build", 배포: "deploy", 백업: "backup" },
  ...{ 관리자: "admin", 관리: "admin", 모니터링: "monitoring", 로그: "log", 접속: "access", 원격: "remote" },
  ...{ 데스크톱: "desktop", 데스크탑: "desktop", 학습: "training", 추론: "inference", 주피터: "jupyter" },
  ...{
    노트북: "notebook",
    게임: "game",
    그라파나: "grafana",
    대시보드: "dashboard",
    메일: "mail",
    프록시: "proxy",
    포트: "port",
    용: "for",
    팀: "team",
    랩: "lab",
  },
};
const known = Object.keys(english).sort((one, other) => other.length - one.length);

/**
 * The words of a name or description, in lower case and Latin letters. Korean words are translated where every part is
 * known. Where there are words that need no romanization these are enough: "SSH 접속해요" is ssh.
 */
export function wordsOf(text: string): string[] {
  const plain: string[] = [];
  const romanized: string[] = [];
  for (const [word] of text.normalize("NFC").matchAll(/[가-힣]+|[^가-힣\s]+/gu)) {
    const translated = /[가-힣]/.test(word) ? translate(word) : latin(word);
    plain.push(...(translated ?? []));
    romanized.push(...(translated ?? latin(romanize(word))));
  }
  return plain.some((word) => /[a-z]/.test(word)) ? plain : romanized;
}

/** Undefined unless all of it is known. */
function translate(word: string): string[] | undefined {
  if (word === "") return [];
  for (const part of known) {
    if (!word.startsWith(part)) continue;
    const rest = translate(word.slice(part.length));
    if (rest) return [english[part]!, ...rest];
  }
  return undefined;
}

/** "Café-API" gives cafe, api; other scripts give nothing. */
function latin(text: string): string[] {
  const letters = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
  return letters.match(/[A-Za-z0-9]+/g)?.map((word) => word.toLowerCase()) ?? [];
}
