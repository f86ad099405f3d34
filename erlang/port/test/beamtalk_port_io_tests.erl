%%% The io protocol: what is asked of a process that only prints.
-module(beamtalk_port_io_tests).
-include_lib("eunit/include/eunit.hrl").

ask(Request) ->
    Ref = make_ref(),
    beamtalk_port_io:request(self(), Ref, Request),
    receive {io_reply, Ref, Reply} -> Reply after 1000 -> none end.

input_is_at_its_end_test() ->
    ?assertEqual(eof, ask({get_line, unicode, "? "})),
    ?assertEqual(eof, ask({get_chars, unicode, "? ", 3})),
    ?assertEqual(eof, ask({get_until, unicode, "? ", io_lib, fread, ["~d"]})).

what_it_cannot_do_is_an_error_test() ->
    ?assertEqual({error, enotsup}, ask({get_geometry, columns})),
    ?assertEqual({error, request}, ask(nonsense)),
    ?assertEqual({error, put_chars}, ask({put_chars, unicode, not_chars})),
    ?assertEqual({error, put_chars}, ask({put_chars, unicode, erlang, error, [why]})).

options_are_told_test() ->
    ?assertEqual([{binary, true}, {encoding, unicode}], ask(getopts)),
    ?assertEqual(ok, ask({setopts, [binary]})),
    ?assertEqual([{binary, true}, {encoding, unicode}], ask({requests, [{setopts, []}, getopts]})).
