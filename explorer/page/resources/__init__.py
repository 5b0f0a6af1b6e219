"""What visitors share: the queue, the folder of files that come and go, and the memory."""
