/**
 * `POST /jwt/` with `{username, password}` as JSON: the documented answer and the documented refusals. Every token that
 * comes of it counts against the user's day.
 */
import type { Request, Response } from 'express';
import { neverCached } from '../answers.ts';
import { readJson } from '../parameters.ts';
import type { ConnexeaseAccess } from './access.ts';
import type { ApiUsers } from './users.ts';

export const generateToken =
  (users: ApiUsers, access: ConnexeaseAccess, now: () => number) => async (request: Request, response: Response) => {
    neverCached(response);
    const given = readJson(request.body);
    const [username, password] = [given?.get('username'), given?.get('password')];
    if (username === undefined) return void response.status(400).json({ message: 'Username is required.' });
    if (password === undefined) return void response.status(400).json({ message: 'Password is required.' });
    const user = users.find(username);
    if (user === undefined || !users.isPassword(password)) {
      return void response.status(401).json({ detail: 'No active account found with the given credentials' });
    }
    if (user.state === 'inactive') return void response.status(403).end();
    if (user.state !== 'banned') users.enter(user, now());
    if (user.state === 'banned') return void response.status(403).json({ message: 'This agent has been banned!' });
    response.json({
      token: await access.generate(user),
      account: { uuid: user.id },
      otp: user.state === 'second-factor',
      client: { device_id: `device-${user.username}` },
    });
  };
