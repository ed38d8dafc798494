import { layout, type ILayoutRequest } from './layout';

interface IMessage {
  id: number;
  request: ILayoutRequest;
}

self.onmessage = (event: MessageEvent<IMessage>) => {
  const { id, request } = event.data;
  self.postMessage({ id, layout: layout(request) });
};
