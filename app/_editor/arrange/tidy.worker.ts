// in a worker, this file of elkjs answers messages by itself
import 'elkjs/lib/elk-worker.min.js';
