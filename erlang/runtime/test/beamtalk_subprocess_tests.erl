%% @doc Programs started from code: their output by lines, their input, exit codes, and their end.
-module(beamtalk_subprocess_tests).

-include_lib("eunit/include/eunit.hrl").

subprocess_test_() ->
    {timeout, 60, [
        {"output and errors come apart, in order", fun output/0},
        {"what is written is read", fun input/0},
        {"arguments, environment and folder", fun surroundings/0},
        {"exit codes", fun exit_codes/0},
        {"a line that does not come", fun late/0},
        {"closing ends the program", fun closing/0},
        {"the program ends with its actor", fun ends_with_actor/0},
        {"what cannot be started", fun refused/0}
    ]}.

launch(Program, Arguments) -> launch(Program, Arguments, #{}, <<".">>).

launch(Program, Arguments, Variables, Folder) ->
    beamtalk_subprocess:'launch:'(nil, [Program, Arguments, Variables, Folder]).

shell(Script) -> launch(<<"sh">>, [<<"-c">>, Script]).

line(Handle, Side) -> beamtalk_subprocess:'lineOf:handle:within:'(nil, Side, Handle, 5000).

lines(Handle) -> beamtalk_stream:asList(beamtalk_subprocess:'linesOf:handle:'(nil, output, Handle)).

close(Handle) -> beamtalk_subprocess:'closeHandle:'(nil, Handle).

exit_code(Handle) ->
    case beamtalk_subprocess:'exitCodeOf:'(nil, Handle) of
        nil -> timer:sleep(5), exit_code(Handle);
        Code -> Code
    end.

output() ->
    Handle = shell(<<"echo one; echo bad >&2; printf 'two'">>),
    ?assertEqual([<<"one">>, <<"two">>], lines(Handle)),
    ?assertEqual([<<"bad">>, nil], [line(Handle, error), line(Handle, error)]),
    close(Handle).

input() ->
    Handle = launch(<<"cat">>, []),
    ?assertEqual(nil, beamtalk_subprocess:'write:to:'(nil, <<"\x{e9}\n"/utf8>>, Handle)),
    ?assertEqual(<<"\x{e9}"/utf8>>, line(Handle, output)),
    close(Handle).

surroundings() ->
    Script = <<"printf '%s|%s|' \"$GREETING\" \"$1\"; pwd">>,
    Handle = launch(<<"sh">>, [<<"-c">>, Script, <<"sh">>, <<"a b">>], #{<<"GREETING">> => <<"hi">>}, <<"/">>),
    ?assertEqual([<<"hi|a b|/">>], lines(Handle)),
    close(Handle).

exit_codes() ->
    Handle = shell(<<"exit 3">>),
    ?assertEqual(3, exit_code(Handle)),
    ?assertError(#{kind := io_error}, beamtalk_subprocess:'write:to:'(nil, <<"x">>, Handle)),
    close(Handle).

late() ->
    Handle = shell(<<"sleep 30">>),
    ?assertEqual(nil, beamtalk_subprocess:'lineOf:handle:within:'(nil, output, Handle, 20)),
    ?assertEqual(nil, beamtalk_subprocess:'exitCodeOf:'(nil, Handle)),
    close(Handle).

%% The number of the shell that then becomes the sleeping program.
sleeper() ->
    Handle = shell(<<"echo $$; exec sleep 60">>),
    {Handle, line(Handle, output)}.

is_running(OsPid) -> filelib:is_dir(filename:join("/proc", binary_to_list(OsPid))).

has_ended(_OsPid, 0) -> false;
has_ended(OsPid, Tries) ->
    case is_running(OsPid) of
        true -> timer:sleep(10), has_ended(OsPid, Tries - 1);
        false -> true
    end.

closing() ->
    {Handle, OsPid} = sleeper(),
    ?assert(is_running(OsPid)),
    close(Handle),
    ?assert(has_ended(OsPid, 300)),
    ?assertEqual(nil, line(Handle, output)),
    ?assertEqual(nil, close(Handle)).

ends_with_actor() ->
    Self = self(),
    Actor = spawn(fun() -> Self ! sleeper(), receive stop -> ok end end),
    OsPid = receive {_, Told} -> Told end,
    exit(Actor, kill),
    ?assert(has_ended(OsPid, 300)).

refused() ->
    ?assertError(#{kind := io_error}, launch(<<"no-such-program-anywhere">>, [])),
    ?assertError(#{kind := io_error}, launch(<<"cat">>, [], #{}, <<"/no/such/folder">>)),
    ?assertError(#{kind := type_error}, launch(42, [])).
