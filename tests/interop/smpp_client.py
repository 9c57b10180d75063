"""smpplib as client against the stand's SMS centres."""

import logging

import smpplib.client
import smpplib.consts
import smpplib.exceptions
import smpplib.gsm
from support import fail, passed, same, stand

logging.disable(logging.CRITICAL)

TEXTS = {
    "79990000001": "Код 123456. " * 30,
    "79990000002": "Code 123456 [€] ~ " * 20,
    "79990000003": "short",
}


def client(port, password):
    one = smpplib.client.Client("127.0.0.1", port, allow_unknown_opt_params=True, timeout=10)
    one.connect()
    one.bind_transceiver(system_id="pristan_a", password=password)
    return one


def main():
    with stand() as world:
        port = world.port("sms_centre_a")
        try:
            client(port, "wrong")
            fail("a wrong password was accepted")
        except smpplib.exceptions.PDUError:
            pass
        one = client(port, "demo-a")
        accepted, receipts = set(), {}
        one.set_message_sent_handler(lambda pdu: accepted.add(pdu.message_id))

        def received(pdu):
            receipts[pdu.receipted_message_id] = pdu.message_state
            return 0

        one.set_message_received_handler(received)
        sent = 0
        for to, text in TEXTS.items():
            parts, coding, kind = smpplib.gsm.make_parts(text)
            for part in parts:
                one.send_message(
                    source_addr_ton=smpplib.consts.SMPP_TON_ALNUM,
                    source_addr="Pristan",
                    dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
                    dest_addr_npi=smpplib.consts.SMPP_NPI_ISDN,
                    destination_addr=to,
                    short_message=part,
                    data_coding=coding,
                    esm_class=kind,
                    registered_delivery=True,
                )
                sent += 1
        while len(receipts) < sent or len(accepted) < sent:
            one.read_once()
        same("receipts", set(receipts), accepted)
        same("states", set(receipts.values()), {smpplib.consts.SMPP_MESSAGE_STATE_DELIVERED})
        for to, text in TEXTS.items():
            got = world.messages("sms", to)
            same("messages", [message["text"] for message in got], [text])
        one.unbind()
        one.disconnect()
    passed()


main()
