%% @doc Files and folders: what is written is read, and every failure is a Result with path and reason.
-module(beamtalk_file_tests).

-include_lib("eunit/include/eunit.hrl").

file_test_() ->
    {foreach, fun folder/0, fun(Folder) -> file:del_dir_r(Folder) end, [
        fun(Folder) -> {Name, fun() -> Test(Folder) end} end
     || {Name, Test} <- [
            {"what is written is read", fun written/1},
            {"texts are UTF-8", fun texts/1},
            {"lines of a file, read when they are asked for", fun lines/1},
            {"handles read and write at their position", fun handles/1},
            {"folders", fun folders/1},
            {"moving and deleting", fun moving/1},
            {"failures tell path and reason", fun failures/1},
            {"wrong arguments", fun arguments/1}
        ]
    ]}.

folder() ->
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    Name = io_lib:format("beamtalk-eunit-~s-~b", [os:getpid(), erlang:unique_integer([positive])]),
    Folder = filename:join(beamtalk_file:'class tempDirectory'(nil), unicode:characters_to_binary(Name)),
    ok = file:make_dir(Folder),
    Folder.

ok(#{isOk := true, okValue := Value}) -> Value.

failed(#{isOk := false, errReason := Exception}) ->
    {beamtalk_exception:kind(Exception), beamtalk_exception:message_of(Exception)}.

write(Folder, Name, Contents) ->
    Path = filename:join(Folder, Name),
    ok(beamtalk_file:'class writeAll:contents:'(nil, Path, Contents)),
    Path.

read(Path) -> ok(beamtalk_file:'class readAll:'(nil, Path)).

written(Folder) ->
    Path = write(Folder, <<"a.txt">>, <<"one">>),
    ok(beamtalk_file:'class appendBinary:contents:'(nil, Path, <<" two">>)),
    ?assertEqual(<<"one two">>, read(Path)),
    ?assertEqual(7, ok(beamtalk_file:'class size:'(nil, Path))),
    ?assertEqual({true, true, false}, {
        beamtalk_file:'class exists:'(nil, Path), beamtalk_file:'class isFile:'(nil, Path),
        beamtalk_file:'class isDirectory:'(nil, Path)
    }),
    write(Folder, <<"a.txt">>, <<"new">>),
    ?assertEqual(<<"new">>, read(Path)).

texts(Folder) ->
    Path = write(Folder, <<"\x{e9}.txt"/utf8>>, <<"\x{20ac}"/utf8>>),
    ?assertEqual(<<"\x{20ac}"/utf8>>, read(Path)),
    Bytes = <<255, 0, 254>>,
    ok(beamtalk_file:'class writeBinary:contents:'(nil, Path, Bytes)),
    ?assertEqual(Bytes, ok(beamtalk_file:'class readBinary:'(nil, Path))),
    ?assertMatch({io_error, _}, failed(beamtalk_file:'class readAll:'(nil, Path))).

lines(Folder) ->
    Path = write(Folder, <<"l.txt">>, <<"a\r\nb\n\nlast">>),
    Lines = ok(beamtalk_file:'class lines:'(nil, Path)),
    ?assertEqual([<<"a">>, <<"b">>, <<>>, <<"last">>], beamtalk_stream:asList(Lines)),
    ?assertEqual([<<"a">>], beamtalk_stream:'take:'(Lines, 1)),
    write(Folder, <<"l.txt">>, <<"changed">>),
    ?assertEqual([<<"changed">>], beamtalk_stream:asList(Lines)).

handles(Folder) ->
    Path = write(Folder, <<"h.txt">>, <<"abc">>),
    Before = beamtalk_file:'class openHandles'(nil),
    Handle = ok(beamtalk_file:'class open:mode:'(nil, Path, read)),
    ?assertNotEqual(Before, beamtalk_file:'class openHandles'(nil)),
    beamtalk_file_handle:close(Handle),
    ?assertEqual(Before, beamtalk_file:'class openHandles'(nil)).

folders(Folder) ->
    Deep = filename:join([Folder, <<"x">>, <<"y">>]),
    ?assertMatch({io_error, _}, failed(beamtalk_file:'class mkdir:'(nil, Deep))),
    ok(beamtalk_file:'class mkdirAll:'(nil, Deep)),
    write(Folder, <<"b">>, <<>>),
    ?assertEqual([<<"b">>, <<"x">>], lists:sort(ok(beamtalk_file:'class listDirectory:'(nil, Folder)))),
    ?assertEqual(true, beamtalk_file:'class isDirectory:'(nil, Deep)),
    ok(beamtalk_file:'class deleteAll:'(nil, filename:join(Folder, <<"x">>))),
    ?assertEqual(false, beamtalk_file:'class exists:'(nil, Deep)).

moving(Folder) ->
    Path = write(Folder, <<"from">>, <<"kept">>),
    To = filename:join(Folder, <<"to">>),
    Copy = filename:join(Folder, <<"copy">>),
    ok(beamtalk_file:'class copy:to:'(nil, Path, Copy)),
    ok(beamtalk_file:'class rename:to:'(nil, Path, To)),
    ?assertEqual({false, <<"kept">>, <<"kept">>}, {beamtalk_file:'class exists:'(nil, Path), read(To), read(Copy)}),
    ok(beamtalk_file:'class delete:'(nil, To)),
    ?assertEqual(false, beamtalk_file:'class exists:'(nil, To)).

failures(Folder) ->
    None = filename:join(Folder, <<"none">>),
    Failed = [
        failed(beamtalk_file:Function(nil, None))
     || Function <- ['class readAll:', 'class readBinary:', 'class lines:', 'class size:', 'class delete:',
                     'class listDirectory:', 'class lastModified:']
    ],
    ?assertEqual([io_error], lists:usort([Kind || {Kind, _} <- Failed])),
    [?assertNotEqual(nomatch, binary:match(Message, <<"none">>)) || {_, Message} <- Failed].

arguments(_Folder) ->
    ?assertError(#{kind := type_error}, beamtalk_file:'class readAll:'(nil, 42)),
    ?assertError(#{kind := type_error}, beamtalk_file:'class writeAll:contents:'(nil, <<"x">>, 42)),
    ?assertError(#{kind := invalid_argument}, beamtalk_file:'class open:mode:'(nil, <<"x">>, sideways)).
