<?php
// Receives webhooks of Call Ribbon: WEBHOOK_KEY=whsec_… php -S 127.0.0.1:9000 receiver.php

$key = base64_decode(preg_replace('/^whsec_/', '', getenv('WEBHOOK_KEY')));
$body = file_get_contents('php://input');
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
$time = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
$right = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true));
$signatures = explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '');
$matching = array_filter($signatures, fn($one) => hash_equals($right, $one));
// An old message may have been recorded and sent again by someone else.
if ($matching === [] || abs(time() - (int) $time) > 300) {
    http_response_code(401);
    exit;
}

function handle($message) {
    file_put_contents('php://stdout', $message['type'] . ' ' . ($message['data']['callSid'] ?? '') . "\n");
}

// In production a unique column of your database, written in the transaction of the effect.
$seen = (getenv('SEEN') ?: sys_get_temp_dir()) . '/seen-' . hash('sha256', $id);
if (@fopen($seen, 'x')) {
    handle(json_decode($body, true));
}
http_response_code(204);
